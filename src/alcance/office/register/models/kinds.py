"""What a site is, how far the programme has come with it, and how it is connected."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SiteKind(TextChoices):
    """What a site is."""

    SCHOOL = "school", _("school")
    HOSPITAL = "hospital", _("hospital")
    CLINIC = "clinic", _("clinic")
    COMMUNITY_CENTRE = "community_centre", _("community centre")
    LIBRARY = "library", _("library")
    GOVERNMENT_OFFICE = "government_office", _("government office")
    RESEARCH_CENTRE = "research_centre", _("research centre")
    PUBLIC_SPACE = "public_space", _("public space")


class SiteState(TextChoices):
    """How far the programme has come with a site."""

    REGISTERED = "registered", pgettext_lazy("state of a site", "registered")
    NOMINATED = "nominated", pgettext_lazy("state of a site", "nominated")
    APPROVED = "approved", pgettext_lazy("state of a site", "approved")
    PLANNED = "planned", pgettext_lazy("state of a site", "planned")
    CONTRACTED = "contracted", pgettext_lazy("state of a site", "contracted")
    ORDERED = "ordered", pgettext_lazy("state of a site", "ordered")
    INSTALLED = "installed", pgettext_lazy("state of a site", "installed (claimed)")
    VERIFIED = "verified", pgettext_lazy("state of a site", "verified (measured)")
    OPERATING = "operating", pgettext_lazy("state of a site", "operating")
    DEGRADED = "degraded", pgettext_lazy("state of a site", "degraded")
    DOWN = "down", pgettext_lazy("state of a site", "down")
    RELOCATED = "relocated", pgettext_lazy("state of a site", "relocated")
    RETIRED = "retired", pgettext_lazy("state of a site", "retired")


#: The phases of the programme, as pages and dashboards count them.
PHASES = {
    "nomination": (SiteState.NOMINATED, SiteState.APPROVED),
    "planning": (SiteState.PLANNED,),
    "tender": (SiteState.CONTRACTED,),
    "deployment": (SiteState.ORDERED, SiteState.INSTALLED, SiteState.VERIFIED),
    "operation": (SiteState.OPERATING, SiteState.DEGRADED, SiteState.DOWN),
}
#: States in which somebody other than the provider has found the service to be there and to work as agreed.
PROVEN = (SiteState.VERIFIED, SiteState.OPERATING)
#: States in which a provider says that a service is there; only some of them are proven.
CONNECTED = (SiteState.INSTALLED, SiteState.VERIFIED, SiteState.OPERATING, SiteState.DEGRADED, SiteState.DOWN)


class Technology(TextChoices):
    """How a site is connected; the plan's technologies are among them."""

    FIBRE = "fibre", _("fibre")
    XDSL = "xdsl", _("DSL")
    COAXIAL = "coaxial", _("coaxial cable")
    WIRED = "wired", _("other wire")
    CELLULAR = "cellular", _("cellular")
    PTMP = "ptmp", _("point-to-multipoint radio")
    PTP = "ptp", _("point-to-point radio")
    SATELLITE = "satellite", _("satellite")
    SHARED_SATELLITE = "shared_satellite", _("shared satellite")
    EXISTING = "existing", _("existing connection")
    OTHER = "other", _("other")
    UNKNOWN = "unknown", _("unknown")


#: What can be offered and installed: not what stands there already, nor what nobody knows.
OFFERED = tuple(one for one in Technology if one not in (Technology.EXISTING, Technology.UNKNOWN))
