"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from alcance.office.public.views import site

urlpatterns: list[URLPattern | URLResolver] = [
    path("sites/<int:pk>/", site.site, name="site"),
]
