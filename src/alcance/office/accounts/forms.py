"""Forms of organisations and people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from alcance.office.accounts.models import Organisation, Person
from alcance.office.accounts.roles import Role
from alcance.office.register.named import states_by_name
from alcance.office.web.forms import REASON_LETTERS

if TYPE_CHECKING:
    from django.db.models import QuerySet


def _why(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label=_("Why"), max_length=REASON_LETTERS, required=required, help_text=_("One line; it stands in the history.")
    )


class InvitationForm(forms.Form):
    """Who is invited, into which organisation."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("Email"))
    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.none())

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        field.queryset = organisations  # type: ignore[attr-defined]
        if organisations.count() == 1:
            self.initial["organisation"] = organisations.get().pk


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """Somebody's name, whether they may log in and, for the ministry, their organisation."""

    why = _why(required=True)
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Person
        fields: ClassVar = ["name", "organisation", "is_active"]

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], themselves: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["organisation"].required = True
        self.fields["is_active"].help_text = _("Who is not active cannot log in; nothing that they did is lost.")
        # Nobody shuts themselves out, so that somebody is always left who can let others in.
        if themselves:
            del self.fields["is_active"]
        if themselves or organisations.count() == 1:
            del self.fields["organisation"]


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg]
    """An organisation; only the ministry says what it is."""

    retired = forms.BooleanField(
        label=_("Retired"),
        required=False,
        help_text=_("It stays in every record; from then on its people act as the public."),
    )
    why = _why(required=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Organisation
        fields: ClassVar = ["name", "code", "role", "state_code"]

    def __init__(self, *args: Any, whole: bool, themselves: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state_code"] = forms.ChoiceField(
            label=_("State"),
            choices=[("", "–"), *states_by_name()],
            required=False,
            help_text=_("Of a state committee; others have none."),
        )
        self.fields["code"].help_text = _("Letters, digits and hyphens; it stands in addresses and open data.")
        if self.instance.pk is None:
            del self.fields["retired"]
            del self.fields["version"]
        else:
            self.initial["retired"] = self.instance.retired_on is not None
            del self.fields["code"]
        if not whole or themselves:
            for name in ("role", "state_code", "retired"):
                self.fields.pop(name, None)

    def clean(self) -> dict[str, Any]:
        """A committee has a state, and nobody else."""
        cleaned = super().clean() or {}
        if "role" in self.fields:
            committee = cleaned.get("role") == Role.COMMITTEE
            if committee and not cleaned.get("state_code"):
                self.add_error("state_code", _("A state committee needs its state."))
            if not committee:
                cleaned["state_code"] = ""
        return cleaned
