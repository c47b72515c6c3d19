"""Forms of probes."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alcance.office.register.keys import NoSite, site_by_key
from alcance.office.service.models import Probe
from alcance.office.web.forms import CodeField, ReasonForm

KEY_BYTES = 32


class SiteField(forms.CharField):
    """A site by its key."""

    def clean(self, value: Any) -> Any:
        """The site."""
        try:
            return site_by_key(str(super().clean(value)))
        except NoSite as error:
            raise forms.ValidationError(str(error)) from error


class MoveForm(ReasonForm):
    """Where a probe stands from now on, and why."""

    site = SiteField(label=_("Key of the site"), max_length=60)
    field_order = ("site", "reason")


class ProbeForm(forms.Form):
    """A new probe."""

    code = CodeField(label=_("Code"), max_length=40)
    site = SiteField(label=_("Key of the site"), max_length=60)
    public_key = forms.CharField(label=_("Public key (Ed25519, base64)"), max_length=64)

    def clean_code(self) -> str:
        """A code that is free."""
        code = str(self.cleaned_data["code"])
        if Probe.objects.filter(code=code).exists():
            raise forms.ValidationError(_("There is a probe of this code already."))
        return code

    def clean_public_key(self) -> str:
        """A key of the right length that no other probe in service has."""
        try:
            key = base64.b64decode(str(self.cleaned_data["public_key"]).strip(), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise forms.ValidationError(_("This is no public key of Ed25519 in base64."))
        # The same key may be written in several ways; it is kept in one.
        text = base64.b64encode(key).decode()
        if Probe.objects.filter(public_key=text, retired_at=None).exists():
            raise forms.ValidationError(_("Another probe has this key."))
        return text
