"""Settings of the office, all of them from the environment; without any it runs on this machine alone.

| variable | what it says |
| --- | --- |
| `ALCANCE_OFFICE_DIR` | the folder for the database, uploads, measurements and tiles; `office-data` if unset |
| `DATABASE_URL` | `postgresql://user:password@host:port/name`; a SQLite file in the folder if unset |
| `ALCANCE_SECRET_KEY` | signs sessions; made once and kept in the folder if unset |
| `ALCANCE_HOSTS` | names that the office answers to, with commas; only this machine if unset |
| `ALCANCE_PUBLISHER` | who publishes the open data; `Alcance` if unset |
| `ALCANCE_LICENCE_URL` | the licence of the open data; CC BY 4.0 if unset |
| `ALCANCE_OCDS_PREFIX`, `ALCANCE_OC4IDS_PREFIX` | our prefixes in open contracting; those of the examples if unset |
| `ALCANCE_LANGUAGE` | `es` or `en`, for who asks for neither; `es` if unset |
| `ALCANCE_CURRENCY` | the currency of a new lot, in three letters; `MXN` if unset |
| `ALCANCE_TIME_ZONE` | the zone of days and deadlines; `America/Mexico_City` if unset |
| `ALCANCE_CHALLENGE_ANSWER_DAYS`, `ALCANCE_CHALLENGE_SETTLE_DAYS` | days to answer a correction, to settle it; 60 |
| `ALCANCE_CHALLENGES_PER_HOUR` | corrections that one address may ask for in an hour without an account; 5 if unset |
| `ALCANCE_EXPORTS_PER_HOUR`, `ALCANCE_PAST_DAYS_PER_HOUR` | the same of files and of past days; 20 and 30 if unset |
| `ALCANCE_EXPORTS_WAITING` | files asked for without an account that may wait at once; 10 if unset |
| `ALCANCE_DOWNLOADS_KEPT_DAYS` | days for which a download that a newer one has replaced is kept; 7 if unset |
| `ALCANCE_LISTS_KEPT_DAYS` | the same of a download of a list; 1 if unset |
| `ALCANCE_DOWNLOADS_KEPT_BYTES` | what both of these may take in all; 5,000,000,000 if unset |
| `ALCANCE_DOWNLOADS_FREE_BYTES` | what must stay free of the disk for another to be made; 2,000,000,000 if unset |
| `ALCANCE_IMPORT_MOST_BYTES` | how large a file of sites may be; 500,000,000 if unset |
| `ALCANCE_API_KEEPS_WRITES_HOURS` | hours for which a write of the API is known again by its key; 48 if unset |
| `ALCANCE_API_ADDRESS_PER_MINUTE` | what one address may ask the API for in a minute, and at once; 1,200 if unset |
| `ALCANCE_API_PERSON_PER_MINUTE` | the same for one person, by key or session; 3,000 if unset |
| `ALCANCE_DEBUG` | `1` shows faults in the browser; never where others can reach it |
| `ALCANCE_SECOND_FACTOR` | `0` lets the ministry and auditors in without a second factor: for examples only |
| `ALCANCE_PROXIES` | how many proxies of ours stand before the office; 1 if hosts are named, else 0 |
| `ALCANCE_EMAIL_URL` | `smtp://user:password@host:587?tls=1` sends mail; without it no mail is sent |
| `ALCANCE_EMAIL_FROM` | the sender of that mail |
| `ALCANCE_LOG_LEVEL` | `INFO` if unset; `WARNING` leaves out the line of each request |
"""

from __future__ import annotations

import os
from pathlib import Path

from alcance.office.accounts.mail import mail_from
from alcance.office.database import database_from
from alcance.office.environment import currency, one_of, time_zone, whole
from alcance.office.folder import UPLOADS, office_folder, secret_key
from alcance.office.running.logs import logging_for

OFFICE_DIR = office_folder()
DEBUG = os.environ.get("ALCANCE_DEBUG") == "1"
HOSTS = [host.strip() for host in os.environ.get("ALCANCE_HOSTS", "").split(",") if host.strip()]
# Who watches whether the office lives asks on this machine.
ALLOWED_HOSTS = [*HOSTS, "localhost", "127.0.0.1", "[::1]"]
# Whoever names hosts is behind TLS; on this machine alone there is none.
BEHIND_TLS = bool(HOSTS)

SECRET_KEY = secret_key(OFFICE_DIR)
DATABASES = {"default": database_from(os.environ.get("DATABASE_URL"), OFFICE_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    # Before allauth, whose pages they dress.
    "alcance.office.web",
    "alcance.office.accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rules.apps.AutodiscoverRulesConfig",
    "simple_history",
    "ninja",
    "django_tasks",
    "django_tasks_db",
    "alcance.office.register",
    "alcance.office.delivery",
    "alcance.office.service",
    "alcance.office.targets",
    "alcance.office.api",
    "alcance.office.public",
    "alcance.office.running",
]
MIDDLEWARE = [
    "alcance.office.running.requests.RequestLog",
    "alcance.office.running.turns.Turns",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "alcance.office.web.security.AnswerHeaders",
    "alcance.office.public.reader.PublicReader",
    "alcance.office.api.gate.ApiGate",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # After what tells who asks, before whatever reads a form; the one against forgery reads it after all of these.
    "alcance.office.web.uploads.UploadLimit",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "alcance.office.accounts.second_factor.SecondFactorRequired",
    "alcance.office.web.once.FormsOnce",
    "alcance.office.web.errors.ClearErrors",
]
ROOT_URLCONF = "alcance.office.urls"
WSGI_APPLICATION = "alcance.office.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "alcance.office.web.navigation.navigation",
            ],
        },
    },
]

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "alcance.office.accounts.passwords.NoCommonPassword"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "alcance.office.accounts.adapter.ByInvitation"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Alcance"
# Nobody signs up, so that nobody takes an address that is not theirs; whoever is invited needs no second proof of it.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# A page is read without a write: on SQLite it would wait for whoever writes.
USERSESSIONS_TRACK_ACTIVITY = False
# Roles that see or decide everything: a password alone is not enough for them.
SECOND_FACTOR_ROLES = () if DEBUG or os.environ.get("ALCANCE_SECOND_FACTOR") == "0" else ("ministry", "auditor")
# An attempt counts against the address of who makes it, as the last proxy of ours tells it.
ALLAUTH_TRUSTED_PROXY_COUNT = whole("ALCANCE_PROXIES", int(BEHIND_TLS), least=0)
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "reset_password": "10/m/ip,3/10m/key"}
# We write to no strangers.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Alcance: "
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if BEHIND_TLS else "http"
# A link with which somebody sets a password holds for three days, and once.
PASSWORD_RESET_TIMEOUT = 3 * 86_400

_mail = mail_from(os.environ.get("ALCANCE_EMAIL_URL"))
MAIL_IS_SENT = _mail is not None
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _mail else 'dummy'}.EmailBackend"
if _mail is not None:
    EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_SSL, EMAIL_USE_TLS = _mail
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("ALCANCE_EMAIL_FROM") or "alcance@localhost"

# Kept in the process: what slows guessing must cost no write. It holds for the one worker that serves the office.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}},
}

# A reason stands in the history as it was given, however long.
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LANGUAGES = [("es", "Español"), ("en", "English")]
LANGUAGE_CODE = one_of("ALCANCE_LANGUAGE", "es", [code for code, _name in LANGUAGES])
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "alcance.office.formats"
USE_TZ = True
CURRENCY = currency("ALCANCE_CURRENCY", "MXN")
TIME_ZONE = time_zone("ALCANCE_TIME_ZONE", "America/Mexico_City")

STATIC_URL = "/static/"
STATIC_ROOT = OFFICE_DIR / "static"
# The built map; the library that draws it is the same as the plan's.
STATICFILES_DIRS = [("built", Path(__file__).parent.parent / "publish" / "static")]
MEDIA_ROOT = OFFICE_DIR / UPLOADS
# A national catalogue has some 100 MB.
IMPORT_MOST_BYTES = whole("ALCANCE_IMPORT_MOST_BYTES", 500_000_000)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Names that carry their content's digest may be kept for ever by whoever has fetched them.
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_PERMISSIONS = 0o600

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = BEHIND_TLS
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in HOSTS]
CSRF_FAILURE_VIEW = "alcance.office.web.views.form_too_old"
X_FRAME_OPTIONS = "DENY"

# The public face.
PUBLIC_URL = f"https://{HOSTS[0]}" if HOSTS else "http://localhost:8000"
PUBLISHER = os.environ.get("ALCANCE_PUBLISHER") or "Alcance"
LICENCE_URL = os.environ.get("ALCANCE_LICENCE_URL") or "https://creativecommons.org/licenses/by/4.0/"
# The publisher's prefixes of open contracting ids; the defaults are the standards' own for examples.
OCDS_PREFIX = os.environ.get("ALCANCE_OCDS_PREFIX") or "ocds-213czf"
OC4IDS_PREFIX = os.environ.get("ALCANCE_OC4IDS_PREFIX") or "oc4ids-bu3kcz"
CHALLENGE_ANSWER_DAYS = whole("ALCANCE_CHALLENGE_ANSWER_DAYS", 60)
CHALLENGE_SETTLE_DAYS = whole("ALCANCE_CHALLENGE_SETTLE_DAYS", 60)
# What one address may ask for in an hour without having logged in.
CHALLENGES_PER_HOUR = whole("ALCANCE_CHALLENGES_PER_HOUR", 5)
EXPORTS_PER_HOUR = whole("ALCANCE_EXPORTS_PER_HOUR", 20)
PAST_DAYS_PER_HOUR = whole("ALCANCE_PAST_DAYS_PER_HOUR", 30)
DOWNLOADS_KEPT_DAYS = whole("ALCANCE_DOWNLOADS_KEPT_DAYS", 7)
LISTS_KEPT_DAYS = whole("ALCANCE_LISTS_KEPT_DAYS", 1)
# All files that are kept but the newest of the whole register, and what must stay free of the disk.
DOWNLOADS_KEPT_BYTES = whole("ALCANCE_DOWNLOADS_KEPT_BYTES", 5_000_000_000)
DOWNLOADS_FREE_BYTES = whole("ALCANCE_DOWNLOADS_FREE_BYTES", 2_000_000_000)
# So many files that visitors have asked for may wait at once.
EXPORTS_WAITING = whole("ALCANCE_EXPORTS_WAITING", 10)
# A total may be so old, so that a crowd of readers counts once.
PUBLIC_COUNT_SECONDS = 5

# Who asks whether the office lives stands on this side of the TLS.
SECURE_REDIRECT_EXEMPT = [r"^health/"]

LOGGING = logging_for(os.environ.get("ALCANCE_LOG_LEVEL", "INFO"))

# The open API: what may be asked for in a minute; a write counts as ten. A key that is wrong counts for itself.
API_ADDRESS_PER_MINUTE = whole("ALCANCE_API_ADDRESS_PER_MINUTE", 1200)
API_PERSON_PER_MINUTE = whole("ALCANCE_API_PERSON_PER_MINUTE", 3000)
API_WRONG_KEYS_PER_MINUTE = 20
API_MOST_BYTES = 1_000_000
API_KEEPS_WRITES_HOURS = whole("ALCANCE_API_KEEPS_WRITES_HOURS", 48)
