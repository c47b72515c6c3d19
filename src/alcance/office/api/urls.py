"""Addresses of the API."""

from django.urls import path

from alcance.office.api.api import api

urlpatterns = [path("api/", api.urls)]
