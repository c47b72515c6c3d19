"""Addresses of accounts."""

from django.urls import path

from alcance.office.accounts.views import account, organisations, people

urlpatterns = [
    path("account/", account.account, name="account"),
    path("people/", people.people, name="people"),
    path("people/invite", people.invitation, name="person_invite"),
    path("people/<id:pk>/", people.person, name="person"),
    path("people/<id:pk>/change", people.person_change, name="person_change"),
    path("people/<id:pk>/link", people.person_link, name="person_link"),
    path("people/<id:pk>/second-factor", people.person_second_factor, name="person_second_factor"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/add", organisations.organisation_add, name="organisation_add"),
    path("organisations/<slug:code>/", organisations.organisation, name="organisation"),
    path("organisations/<slug:code>/change", organisations.organisation_change, name="organisation_change"),
    # Found before allauth's own.
    path("accounts/signup/", account.closed),
    path("accounts/email/", account.closed),
    path("accounts/confirm-email/", account.closed),
    path("accounts/confirm-email/<str:key>/", account.closed),
    path("accounts/login/code/confirm/", account.closed),
    path("accounts/reauthenticate/code/", account.closed),
    path("accounts/reauthenticate/code/confirm/", account.closed),
]
