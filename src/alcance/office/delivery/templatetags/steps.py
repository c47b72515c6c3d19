"""The steps that are open to who looks, wherever a site is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alcance.office.delivery.life import steps_open_to

if TYPE_CHECKING:
    from alcance.office.register.models import Site

register = template.Library()

NAMES = {
    "nominate": _("Nominate"),
    "withdraw": _("Withdraw"),
    "approve": _("Approve"),
    "refuse": _("Refuse"),
    "order": _("Order"),
    "install": _("Tell that it is installed"),
    "reject": _("Reject the claim"),
    "verify": _("Verify"),
    "operate": _("Take into operation"),
    "degrade": _("Tell that it is degraded"),
    "fail": _("Tell that it is down"),
    "recover": _("Tell that it is well again"),
    "relocate": _("Move to another site"),
    "reinstall": _("Reinstall"),
    "rescind": _("Take back from the provider"),
    "renew": _("Plan anew"),
}


@register.inclusion_tag("delivery/steps.html", takes_context=True)
def site_steps(context: dict[str, Any], site: Site) -> dict[str, Any]:
    """Links to the pages on which the open steps are made; retiring and restoring are the register's own."""
    links = []
    seen = set()
    latest = site.connections.order_by("-pk").first()
    for step in steps_open_to(context["request"].user, site):
        if step.name not in NAMES:
            continue
        if step.kind == "nomination":
            href = f"{reverse('nominations_new')}?q={site.key}" if step.name == "nominate" else reverse("nominations")
            href += "" if step.name == "nominate" else f"?state={site.state_code}"
        elif latest is not None:
            href = reverse("connection", args=[latest.pk])
        else:
            continue
        if href not in seen:
            seen.add(href)
            links.append((NAMES[step.name], href))
    return {"links": links}
