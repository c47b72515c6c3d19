"""Addresses of accounts."""

from django.urls import path

from alcance.office.accounts import views

urlpatterns = [path("account/", views.account, name="account")]
