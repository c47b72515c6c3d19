"""Addresses of this room."""

from django.urls import path

from alcance.office.running import health, views

urlpatterns = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/<id:pk>/", views.job, name="job"),
    path("jobs/<id:pk>/again", views.job_again, name="job_again"),
]
