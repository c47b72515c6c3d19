"""What a site is, how far the programme has come with it, and how it is connected."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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

    REGISTERED = "registered", _("registered")
    NOMINATED = "nominated", _("nominated")
    APPROVED = "approved", _("approved")
    PLANNED = "planned", _("planned")
    CONTRACTED = "contracted", _("contracted")
    ORDERED = "ordered", _("ordered")
    INSTALLED = "installed", _("installed (claimed)")
    VERIFIED = "verified", _("verified (measured)")
    OPERATING = "operating", _("operating")
    DEGRADED = "degraded", _("degraded")
    DOWN = "down", _("down")
    RELOCATED = "relocated", _("relocated")
    RETIRED = "retired", _("retired")


#: The phases of the programme, as pages and dashboards count them.
PHASES = {
    "nomination": (SiteState.NOMINATED, SiteState.APPROVED),
    "planning": (SiteState.PLANNED,),
    "tender": (SiteState.CONTRACTED,),
    "deployment": (SiteState.ORDERED, SiteState.INSTALLED, SiteState.VERIFIED),
    "operation": (SiteState.OPERATING, SiteState.DEGRADED, SiteState.DOWN),
}
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
