"""Addresses of the API, of OGC API Features, and of the pages about keys."""

from django.urls import path

from alcance.office.api import ogc, views
from alcance.office.api.api import api

urlpatterns = [
    path("api/docs", views.docs, name="api_docs"),
    path("api/", api.urls),
    path("ogc", ogc.landing, name="ogc"),
    # No redirect: QGIS does not follow one that names no host.
    path("ogc/", ogc.landing),
    path("ogc/conformance", ogc.conformance, name="ogc_conformance"),
    path("ogc/api", ogc.definition, name="ogc_definition"),
    path("ogc/collections", ogc.collections, name="ogc_collections"),
    path("ogc/collections/<slug:name>", ogc.collection, name="ogc_collection"),
    path("ogc/collections/<slug:name>/items", ogc.items, name="ogc_items"),
    path("ogc/collections/<slug:name>/items/<path:feature>", ogc.item, name="ogc_item"),
    path("account/keys/", views.keys, name="api_keys"),
    path("account/keys/new/", views.new_key, name="api_key_new"),
    path("account/keys/<id:pk>/retire/", views.retire, name="api_key_retire"),
]
