"""What the states of a site and the phases of the programme mean, in words that anybody understands."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alcance.office.register.models import SiteState

Words = str | Promise

STATE_MEANS: dict[str, Words] = {
    SiteState.REGISTERED: _("It is in the register; nobody has asked for a connection yet."),
    SiteState.NOMINATED: _("The state's committee has asked for a connection; the ministry has not decided."),
    SiteState.APPROVED: _("The ministry has agreed to connect it; no plan holds it yet."),
    SiteState.PLANNED: _("A plan says how it is best connected and when; nobody has been hired."),
    SiteState.CONTRACTED: _("A provider has been hired; the work has not been ordered."),
    SiteState.ORDERED: _("The provider has been told to build; nothing is there yet."),
    SiteState.INSTALLED: _("The provider says that the service is there. Nobody else has checked it."),
    SiteState.VERIFIED: _("Somebody other than the provider has found that the service is there and works."),
    SiteState.OPERATING: _("The service was verified and is in use."),
    SiteState.DEGRADED: _("The service is there but worse than agreed."),
    SiteState.DOWN: _("The service was verified once and does not work now."),
    SiteState.RELOCATED: _("The equipment has moved elsewhere; this place has no service."),
    SiteState.RETIRED: _("The site has left the programme."),
}

PHASE_NAMES: dict[str, Words] = {
    "nomination": _("Nomination"),
    "planning": _("Planning"),
    "tender": _("Tender"),
    "deployment": _("Deployment"),
    "operation": _("Operation"),
}

#: Of the phases, of what comes before them, and of where a life ends.
STAGE_MEANS: dict[str, Words] = {
    "registered": _("in the register; nobody has asked for a connection yet"),
    "nomination": _("asked for by a state committee or approved by the ministry"),
    "planning": _("held by a plan"),
    "tender": _("given to a provider"),
    "deployment": _("being built, claimed to be there, or just verified"),
    "operation": _("in service, well or badly"),
    "relocated": _("its connection serves another site now"),
    "retired": _("closed, or merged into another"),
}

STEP_NAMES: dict[str, Words] = {
    "nominate": _("asked for"),
    "withdraw": _("request taken back"),
    "approve": _("approved"),
    "refuse": _("refused"),
    "plan": _("planned"),
    "unplan": _("taken out of the plan"),
    "contract": _("given to a provider"),
    "order": _("ordered"),
    "install": _("said to be installed"),
    "reject": _("installation not accepted"),
    "verify": _("verified"),
    "operate": _("put into use"),
    "degrade": _("found worse than agreed"),
    "fail": _("found not to work"),
    "recover": _("found to work again"),
    "relocate": _("moved elsewhere"),
    "reinstall": _("to be installed again"),
    "rescind": _("taken back from the provider"),
    "renew": _("to be planned anew"),
    "retire": _("retired"),
    "restore": _("taken in again"),
}

EVIDENCE_NAMES: dict[str, Words] = {
    "plan": _("plan"),
    "contract": _("contract"),
    "photo": _("photo"),
    "inspection": _("inspection"),
    "measurements": _("measurements"),
}

CLAIM_NAMES: dict[str, Words] = {
    "standing": _("with a contract in force"),
    "claimed": _("said to be installed"),
    "verified": _("verified"),
    "unproven": _("said to be installed, not verified"),
    "late": _("late"),
}

QUINTILE_NAMES: dict[int, Words] = {
    5: _("neediest fifth of the people"),
    4: _("second neediest fifth"),
    3: _("middle fifth"),
    2: _("second least needy fifth"),
    1: _("least needy fifth of the people"),
}
