"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from alcance.office.public.map import search, views
from alcance.office.public.views import areas, challenges, downloads, home, providers, site, sites

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("map/", views.map_page, name="map"),
    path("map/search", search.search, name="map_search"),
    path("map/sites/<id:pk>", search.site, name="map_site"),
    path("map/tiles/<str:name>", views.tiles, name="map_tiles"),
    path("map/again/", views.again, name="map_again"),
    path("sites/", sites.sites, name="sites"),
    path("sites/<id:pk>/", site.site, name="site"),
    path("sites/<id:pk>/place.svg", site.place, name="site_place"),
    path("sites/<id:pk>/mistake/", challenges.mistake, name="mistake"),
    path("areas/", areas.areas, name="areas"),
    path("areas/<str:code>/", areas.area, name="area"),
    path("providers/", providers.providers, name="providers"),
    path("providers/<str:code>/", providers.provider, name="provider"),
    path("challenges/", challenges.challenges, name="challenges"),
    path("challenges/<id:pk>/", challenges.challenge, name="challenge"),
    path("downloads/", downloads.downloads, name="downloads"),
    path("downloads/sites.csv", downloads.sites_csv, name="sites_csv"),
    path("downloads/latest/sites.<str:form>", downloads.latest, name="download_latest"),
    path("downloads/<id:pk>/", downloads.download, name="download"),
    path("downloads/<id:pk>/manifest.json", downloads.download_manifest, name="download_manifest"),
    path("downloads/<id:pk>/<str:name>", downloads.download_file, name="download_file"),
]
