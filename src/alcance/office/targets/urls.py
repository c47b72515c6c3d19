"""Addresses of targets and dashboards."""

from django.urls import path

from alcance.office.targets import views

urlpatterns = [
    path("progress/", views.progress, name="progress"),
    path("progress/definitions/", views.definitions, name="definitions"),
    path("progress/new/", views.new_programme, name="programme_new"),
    path("progress/<slug:code>/", views.programme, name="programme"),
    path("progress/<slug:code>/target/", views.add_target, name="target_add"),
]
