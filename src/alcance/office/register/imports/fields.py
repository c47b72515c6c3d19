"""What a row of an import may say of a site, and by which names columns are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from alcance.pack.identifiers import LOCALITY_KEY_COLUMNS, MUNICIPALITY_KEY_COLUMNS, SITE_KEY_COLUMNS


@dataclass(frozen=True)
class Field:
    """A field of a site that a file may fill.

    Parameters
    ----------
    name
        Of the model's field.
    title
        As people know it.
    kind
        "text", "number", "whole", "yes" or "choice".
    required
        Whether a row must say it.
    aliases
        Names of columns that mean it, in lower case: ours and those of our downloads, the catalogues' and those of
        ITU's planning platform.
    """

    name: str
    title: Any
    kind: str = "text"
    required: bool = False
    aliases: tuple[str, ...] = ()


FIELDS = (
    Field("key", _("Key"), required=True, aliases=("key", "site_id", "poi_id", *SITE_KEY_COLUMNS)),
    Field("key_scheme", _("Key scheme"), "choice", required=True, aliases=("key_scheme", "scheme", "esquema")),
    Field("name", _("Name"), required=True, aliases=("name", "nombre", "poi_name", "nombre de la unidad", "nombrect")),
    Field("kind", _("Kind"), "choice", required=True, aliases=("kind", "tipo", "type", "poi_type", "site_type")),
    Field("lon", _("Longitude"), "number", required=True, aliases=("lon", "longitud", "longitude", "lng", "x")),
    Field("lat", _("Latitude"), "number", required=True, aliases=("lat", "latitud", "latitude", "y")),
    Field(
        "municipality",
        _("Municipality (key)"),
        aliases=("municipality_code", "municipality", "admin_id", *MUNICIPALITY_KEY_COLUMNS),
    ),
    Field("locality", _("Locality (key)"), aliases=("locality_code", "locality_id", *LOCALITY_KEY_COLUMNS)),
    Field("users", _("Users"), "whole", aliases=("users", "usuarios", "number_of_users", "num_students", "alumnos")),
    Field("electricity", _("Electricity"), "yes", aliases=("electricity", "has_electricity", "electricidad")),
    Field("technology", _("Technology"), "choice", aliases=("technology", "connectivity_type", "tecnologia")),
    Field("speed_mbps", _("Contracted speed"), "number", aliases=("speed_mbps", "total_mbps", "velocidad", "mbps")),
    Field("contact", _("Contact"), aliases=("contact", "contacto", "telefono", "phone")),
    Field("host", _("Host (code or name)"), aliases=("host_code", "host", "institution_code", "organismo")),
)
BY_NAME = {field.name: field for field in FIELDS}

# Fields that are compared with the register, and written to it.
WRITTEN = (
    "name", "kind", "host_id", "lon", "lat", "municipality_id", "locality_id", "state_code", "users", "electricity",
    "technology", "speed_mbps", "contact",
)  # fmt: skip
