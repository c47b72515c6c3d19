"""Forms of targets."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alcance.office.register.named import states_by_name
from alcance.office.service.evidence import MOST_DAYS
from alcance.office.targets.models import Definition, Programme, Target
from alcance.office.web.forms import CodeField

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 12, 31)
MOST_MBPS = 1e6
# Nobody promises more than the people of the earth.
MOST_VALUE = 10_000_000_000
#: What follows `/progress/` and is no programme.
ADDRESSES = ("new", "definitions")


class DefinitionForm(forms.ModelForm[Definition]):
    """A definition; one whose code is known becomes its next version."""

    within_days = forms.IntegerField(
        label=_("Found working in the last days"), required=False, min_value=1, max_value=MOST_DAYS
    )
    min_mbps = forms.FloatField(label=_("Least speed [Mbit/s]"), required=False, min_value=0, max_value=MOST_MBPS)

    class Meta:
        model = Definition
        field_classes: ClassVar = {"code": CodeField}
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
        field_classes: ClassVar = {"code": CodeField}
        fields = ("code", "name", "note_es", "note_en", "begins_on")
        widgets: ClassVar = {"begins_on": _DAY}

    def clean_code(self) -> str:
        """A code that is not an address already."""
        code = str(self.cleaned_data["code"])
        if code in ADDRESSES:
            raise forms.ValidationError(_("This word has another meaning in addresses; take another code."))
        return code

    def clean_begins_on(self) -> dt.date:
        """A day from which progress can be counted month by month."""
        day: dt.date = self.cleaned_data["begins_on"]
        if not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(_("A day between 2000 and 2100."))
        return day


class DefinitionField(forms.ModelChoiceField[Definition]):
    """A definition, shown by what it means."""

    def label_from_instance(self, obj: Definition) -> str:
        """Its words, and its version that others cite."""
        return f"{obj.words} ({obj})"


class TargetForm(forms.ModelForm[Target]):
    """A target of a programme; it may take the place of another."""

    definition = DefinitionField(Definition.objects.all(), label=_("Definition"))
    state_code = forms.ChoiceField(label=_("State"), required=False)
    quintile = forms.TypedChoiceField(
        label=_("Fifth by need"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "–"), (5, _("5, the neediest")), (4, "4"), (3, "3"), (2, "2"), (1, "1")],
    )
    value = forms.IntegerField(label=_("Target"), min_value=1, max_value=MOST_VALUE)
    replaces = forms.ModelChoiceField(
        label=_("Takes the place of"), required=False, queryset=Target.objects.none(), empty_label="–"
    )

    class Meta:
        model = Target
        fields = ("definition", "measure", "value", "due_on", "state_code", "kind", "quintile")
        widgets: ClassVar = {"due_on": _DAY}

    def __init__(self, programme: Programme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["state_code"]).choices = [("", "–"), *states_by_name()]
        cast("forms.ModelChoiceField[Target]", self.fields["replaces"]).queryset = programme.targets.filter(
            replaced_on=None
        )

    def clean_due_on(self) -> dt.date:
        """A day to come that a forecast may reach."""
        day: dt.date = self.cleaned_data["due_on"]
        if not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(_("A day between 2000 and 2100."))
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day is over: a target lies ahead."))
        return day
