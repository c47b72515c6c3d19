"""Addresses of probes."""

from django.urls import path

from alcance.office.service import views

urlpatterns = [
    path("probes/", views.probes, name="probes"),
    path("probes/<slug:code>/", views.probe, name="probe"),
    path("probes/<slug:code>/retire/", views.retire_probe, name="probe_retire"),
]
