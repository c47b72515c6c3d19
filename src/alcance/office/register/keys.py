"""The keys by which sites are known, and finding a site by one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from alcance.errors import AlcanceError
from alcance.office.register.models import Site
from alcance.pack.identifiers import SCHEMES

OWN_SCHEME = "alcance"
KEY_SCHEMES = (*SCHEMES, OWN_SCHEME)


class NoSite(AlcanceError):
    """A key that names no site, or more than one."""


def site_by_key(key: str) -> Site:
    """The site that stands in the register under a key, in whatever case it is written.

    Parameters
    ----------
    key
        Alone where it is the key of one site, else with its scheme before it, and a colon.

    Raises
    ------
    NoSite
        Where the register has none, or schemes share the key and none is named.
    """
    text = key.strip().replace("\0", "")[:100]
    scheme, colon, rest = text.partition(":")
    wanted = {"key_scheme": scheme.lower(), "key": rest.strip().upper()} if colon else {"key": text.upper()}
    found = list(Site.objects.filter(**wanted, merged_into=None).order_by("key_scheme")[:2])
    if not found:
        raise NoSite(_("the register has no site of the key %(key)s") % {"key": text})
    if len(found) > 1:
        both = " ".join(f"{site.key_scheme}:{site.key}" for site in found)
        raise NoSite(_("several sites have the key %(key)s; write one of %(both)s") % {"key": text, "both": both})
    return found[0]
