"""Where everything is found; each room tells its own addresses."""

from django.urls import include, path

from alcance.office.web import views

urlpatterns = [
    path("language", views.language, name="language"),
    path("", include("alcance.office.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("alcance.office.register.urls")),
    path("", include("alcance.office.delivery.urls")),
    path("", include("alcance.office.service.urls")),
    path("", include("alcance.office.targets.urls")),
    path("", include("alcance.office.api.urls")),
    path("", include("alcance.office.running.urls")),
    path("", include("alcance.office.public.urls")),
]
