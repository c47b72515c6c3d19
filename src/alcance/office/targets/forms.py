"""Forms of targets."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from alcance.office.targets.models import Definition, Programme, Target

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DefinitionForm(forms.ModelForm[Definition]):
    """A definition; one whose code is known becomes its next version."""

    class Meta:
        model = Definition
        fields = ("code", "words_es", "words_en", "least", "within_days", "min_mbps")

    def clean(self) -> dict[str, Any]:
        """A speed and a time belong to what is verified."""
        values = super().clean() or {}
        asks = values.get("within_days") is not None or values.get("min_mbps") is not None
        if asks and values.get("least") != Definition.Least.VERIFIED:
            self.add_error("least", _("A time or a speed can only be asked of what is verified."))
        if values.get("min_mbps") is not None and values.get("within_days") is None:
            self.add_error("within_days", _("Say in how many days the speed must have been found."))
        return values


class ProgrammeForm(forms.ModelForm[Programme]):
    """A programme."""

    class Meta:
        model = Programme
        fields = ("code", "name", "note_es", "note_en", "begins_on")
        widgets: ClassVar = {"begins_on": _DAY}


class TargetForm(forms.ModelForm[Target]):
    """A target."""

    class Meta:
        model = Target
        fields = ("definition", "measure", "value", "due_on", "state_code", "kind", "quintile")
        widgets: ClassVar = {"due_on": _DAY}

    def clean_quintile(self) -> int | None:
        """A fifth from 1 to 5."""
        fifth: int | None = self.cleaned_data["quintile"]
        if fifth is not None and not 1 <= fifth <= 5:
            raise forms.ValidationError(_("A fifth lies between 1 and 5; 5 are the neediest."))
        return fifth
