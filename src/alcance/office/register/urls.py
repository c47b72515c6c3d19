"""Addresses of the register."""

from django.urls import path, re_path

from alcance.office.register.views import imports, quality, sites

urlpatterns = [
    path("register/", sites.sites, name="register"),
    path("register/new/", sites.new_site, name="register_new"),
    path("register/quality/", quality.quality, name="quality"),
    path("register/<id:pk>/", sites.site, name="register_site"),
    path("register/<id:pk>/change/", sites.change_site, name="register_change"),
    re_path(
        r"^register/(?P<pk>[0-9]{1,15})/(?P<deed>retire|restore|merge|part|building|leave)/$",
        sites.site_deed,
        name="register_deed",
    ),
    path("imports/", imports.batches, name="imports"),
    path("imports/<id:pk>/", imports.batch, name="import"),
    path("imports/<id:pk>/columns/", imports.map_columns, name="import_map"),
    path("imports/<id:pk>/decide/", imports.decide, name="import_decide"),
    path("imports/<id:pk>/changes.csv", imports.changes, name="import_changes"),
    path("imports/<id:pk>/report.csv", imports.report, name="import_report"),
]
