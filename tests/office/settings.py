"""The office's settings in tests: a folder of its own, and passwords that are quick to hash."""

import os
import tempfile

os.environ.setdefault("ALCANCE_OFFICE_DIR", tempfile.mkdtemp(prefix="alcance-office-tests-"))
os.environ.setdefault("ALCANCE_SECRET_KEY", "for-tests-only-0123456789-0123456789-0123456789-abcdefgh")

from alcance.office.settings import *  # noqa: F403

# The loop of the browsers' driver runs in the tests' thread; Django must not take it for a server's.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
if not os.environ.get("DATABASE_URL"):
    # A file, as an office has: a database in memory is gone with the last connection that some thread closes.
    DATABASES["default"]["TEST"] = {"NAME": OFFICE_DIR / "tests.sqlite3"}  # noqa: F405

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Whitenoise asks for it at start.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# What needs it says so; elsewhere nobody sets a second factor up before each test.
SECOND_FACTOR_ROLES = ()
LOGGING = {"version": 1, "disable_existing_loggers": False}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
# Tests change things and look at once.
PUBLIC_COUNT_SECONDS = 0
