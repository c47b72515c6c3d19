"""Forms of the five phases."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from alcance.office.register.models.kinds import OFFERED
from alcance.office.web.forms import REASON_LETTERS, CodeField, ReasonForm, WordsField

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M")
_IN_ZONE = format_lazy(_("In the time of {zone}."), zone=settings.TIME_ZONE.replace("_", " "))
_MOMENT_FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")


def _today() -> Any:
    return timezone.localdate()


class SeenForm(forms.Form):
    """A deed on a site as it was seen; who looked at an older one looks again."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class SeenReasonForm(SeenForm, ReasonForm):
    """Why something is done with a site as it was seen."""


class EvidenceForm(SeenForm):
    """What proves a step: an inspection, or else what was measured."""

    inspection = forms.IntegerField(min_value=1, max_value=2**53, required=False)
    measurements = forms.BooleanField(required=False)
    reason = forms.CharField(max_length=REASON_LETTERS, required=False)


class PlanForm(forms.Form):
    """A plan folder, packed."""

    file = forms.FileField(
        label=_("Plan folder, as a ZIP file"), help_text=_("What `alcance plan` wrote, packed as it is.")
    )
    title = forms.CharField(label=_("Title"), max_length=200, required=False)


class LotForm(forms.Form):
    """A new lot; where keys are given, of those sites and no others."""

    code = CodeField(label=_("Code"), max_length=40, help_text=_("Short, without spaces, such as oax-2027-1."))
    title = forms.CharField(label=_("Title"), max_length=200)
    description = WordsField(label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    months = forms.IntegerField(label=_("Months of service"), min_value=1, max_value=240, initial=36)
    cost_weight = forms.DecimalField(
        label=_("Weight of the cost"), min_value=0, max_value=1, decimal_places=2, initial="0.70",
        help_text=_("Share of the score that the price decides; the rest is the speed offered."),
    )  # fmt: skip
    keys = WordsField(
        label=_("Keys of the sites"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line, as copied from a spreadsheet; the lot then holds these and no others."),
    )  # fmt: skip

    def clean_keys(self) -> list[str]:
        """The keys, each once, in their order."""
        return list(dict.fromkeys(key for key in re.split(r"[\s,;]+", self.cleaned_data["keys"].upper()) if key))


class PublishForm(forms.Form):
    """When a lot closes."""

    questions_until = forms.DateTimeField(
        label=_("Questions until"), widget=_MOMENT, input_formats=_MOMENT_FORMATS, help_text=_IN_ZONE
    )
    bids_until = forms.DateTimeField(
        label=_("Bids until"), widget=_MOMENT, input_formats=_MOMENT_FORMATS, help_text=_IN_ZONE
    )


class QuestionForm(forms.Form):
    """A question about a lot."""

    text = WordsField(label=_("Question"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class AnswerForm(forms.Form):
    """The answer."""

    question = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**53)
    text = WordsField(label=_("Answer"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class AwardForm(forms.Form):
    """The decision."""

    bid = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**53)
    code = CodeField(label=_("Code of the contract"), max_length=60)
    deliver_by = forms.DateField(label=_("To be delivered by"), widget=_DAY)
    reason = WordsField(
        label=_("Why"), max_length=REASON_LETTERS, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed where it is not the best bid."),
    )  # fmt: skip


class PaymentForm(forms.Form):
    """Money that was paid."""

    amount = forms.DecimalField(label=_("Amount"), min_value=0, decimal_places=2, max_digits=18)
    paid_on = forms.DateField(label=_("Paid on"), widget=_DAY, initial=_today)
    document = forms.CharField(label=_("Document"), max_length=100)
    reason = WordsField(
        label=_("Why"), max_length=REASON_LETTERS, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed where more is paid than was contracted."),
    )  # fmt: skip


class CorrectionForm(ReasonForm):
    """What was paid in truth."""

    amount = forms.DecimalField(
        label=_("Amount paid in truth"), min_value=0, decimal_places=2, max_digits=18,
        help_text=_("0 where nothing was paid."),
    )  # fmt: skip
    field_order = ("amount", "reason")


class InstallForm(SeenForm):
    """What a provider claims."""

    installed_on = forms.DateField(label=_("Installed on"), widget=_DAY, initial=_today)
    technology = forms.ChoiceField(label=_("Technology"), choices=[(one.value, one.label) for one in OFFERED])
    mbps = forms.FloatField(
        label=_("Speed [Mbit/s]"), min_value=0.01, max_value=100_000,
        help_text=_("What stands there; it is shown beside what was agreed."),
    )  # fmt: skip
    photo = forms.FileField(label=_("Photo"), help_text=_("JPEG, PNG or WebP, 12 MB at most."))


class InspectionForm(forms.Form):
    """What somebody saw and measured."""

    # Chosen, not ticked: what nobody has said would stand there as "no".
    works = forms.TypedChoiceField(
        label=_("Does it work?"),
        choices=[("", "–"), ("yes", _("yes, it works")), ("no", _("no, it does not"))],
        coerce=lambda said: said == "yes",
    )
    down_mbps = forms.FloatField(label=_("Download [Mbit/s]"), min_value=0, max_value=100_000, required=False)
    up_mbps = forms.FloatField(label=_("Upload [Mbit/s]"), min_value=0, max_value=100_000, required=False)
    latency_ms = forms.FloatField(label=_("Latency [ms]"), min_value=0, max_value=60_000, required=False)
    photo = forms.FileField(label=_("Photo"), required=False, help_text=_("An inspection verifies only with a photo."))
    remark = forms.CharField(label=_("Remark"), max_length=1000, required=False)

    def clean(self) -> dict[str, Any]:
        """What does not work brings nothing down."""
        values = super().clean() or {}
        if values.get("works") is False and values.get("down_mbps"):
            self.add_error("works", _("A download was measured: then it works, however slowly. Choose, or empty it."))
        return values


class RelocateForm(SeenReasonForm):
    """Where a connection goes."""

    key = forms.CharField(label=_("Key of the new site"), max_length=40)
