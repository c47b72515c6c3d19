"""Forms of the register."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from alcance.office.accounts.models import Organisation
from alcance.office.accounts.roles import Role
from alcance.office.register.deeds import EDITED
from alcance.office.register.keys import OWN_SCHEME
from alcance.office.register.models import Area, Level, Site
from alcance.office.register.named import areas_called
from alcance.office.register.quality import BY_NAME, MOST_NUMBER
from alcance.office.web.forms import ReasonForm
from alcance.pack.identifiers import SCHEMES, SITE_SCHEMES, check_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet


class AreaField(forms.CharField):
    """An area by its key or name, while one types: a list of all would be too long to choose from."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, help_text=_("Its name, or its key."), **options)


class Suggested(forms.TextInput):
    """A field of text with suggestions: keys, each with its name."""

    template_name = "register/suggested.html"
    suggestions: Sequence[tuple[str, str]] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What its template shows."""
        return super().get_context(name, value, {**(attrs or {}), "list": f"{name}-names"}) | {
            "names": f"{name}-names", "suggestions": self.suggestions,
        }  # fmt: skip


class SiteForm(ReasonForm, forms.ModelForm[Site]):
    """A site, and why it is added or changed."""

    key_scheme = forms.ChoiceField(
        label=_("Key scheme"),
        choices=[(name, name.upper()) for name in SITE_SCHEMES] + [(OWN_SCHEME, _("our own"))],
    )
    municipality = AreaField(label=_("Municipality"), widget=Suggested)
    locality = AreaField(label=_("Locality"), required=False)
    host = forms.ModelChoiceField(Organisation.objects.filter(role=Role.INSTITUTION), label=_("Host"), required=False)

    class Meta:
        model = Site
        fields = EDITED

    def __init__(self, *args: Any, towns: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        cast("Suggested", self.fields["municipality"].widget).suggestions = towns

    def clean_municipality(self) -> Area:
        """The municipality."""
        return _area(self.cleaned_data["municipality"], Area.objects.filter(level=Level.MUNICIPALITY))

    def clean_locality(self) -> Area | None:
        """The locality; a name is looked for in the municipality, a key everywhere."""
        text, town = self.cleaned_data["locality"], self.cleaned_data.get("municipality")
        if not text:
            return None
        every = Area.objects.filter(level=Level.LOCALITY)
        return every.filter(pk=text).first() or _area(text, every.filter(parent=town) if town else every)

    def clean_key(self) -> str:
        """The key in capitals."""
        return str(self.cleaned_data["key"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        """What holds between the fields."""
        values = super().clean() or {}
        locality, municipality = values.get("locality"), values.get("municipality")
        # Which municipality it belongs to is the catalogue's word; the point may lie across a border that is disputed.
        if locality is not None and municipality is not None:
            parent = locality.parent
            if parent is None or parent.parent_id != municipality.parent_id:
                self.add_error("locality", _("This locality lies in another state."))
        scheme, key = values.get("key_scheme"), values.get("key")
        if scheme in SCHEMES and key and (wrong := check_key(scheme, key)):
            self.add_error("key", wrong)
        for name, most in (("lon", 180), ("lat", 90)):
            value = values.get(name)
            if value is not None and not -most <= value <= most:
                self.add_error(name, _("This is no coordinate."))
        for rule in (BY_NAME["speed_impossible"], BY_NAME["users_impossible"]):
            value = values.get(rule.field)
            if value is not None and not 0 <= value <= MOST_NUMBER:
                self.add_error(rule.field, rule.message)
        return values

    def _post_clean(self) -> None:
        """Nothing is written to the site before the deed is allowed."""


def _area(text: str, among: QuerySet[Area]) -> Area:
    """The one area that a key or a name means."""
    found = areas_called(text, among)
    if len(found) == 1:
        return found[0]
    if not found:
        raise forms.ValidationError(_("No area has this name or key."))
    names = ", ".join(f"{one.name} ({one.pk})" for one in found)
    raise forms.ValidationError(_("Several have this name; give the key of one: %(names)s"), params={"names": names})


class UploadForm(forms.Form):
    """A file of sites."""

    file = forms.FileField(
        label=_("File"), help_text=_("CSV, XLSX, GeoPackage or Parquet; the first row holds the names of the columns.")
    )


class MergeForm(ReasonForm):
    """Which site stays."""

    field_order = ("key", "reason")

    key = forms.CharField(label=_("Key of the site that stays"), max_length=60)


class BuildingForm(ReasonForm):
    """Which sites share a building with this one."""

    field_order = ("keys", "name", "reason")

    keys = forms.CharField(
        label=_("Keys of the other sites"), max_length=2_000, help_text=_("With spaces or commas between them.")
    )
    name = forms.CharField(label=_("Name of the building"), max_length=200, required=False)
