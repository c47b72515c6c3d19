"""What people write: a correction, an answer, a decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alcance.office.public.models import ChallengeAbout
from alcance.office.web.forms import WordsField


class MistakeForm(forms.Form):
    """«I see a mistake»: what is wrong, in words, and how to reach who says so.

    The field `website` is hidden from people; programs that fill in everything give themselves away by it.
    """

    about = forms.ChoiceField(label=_("What is wrong?"), choices=ChallengeAbout.choices, widget=forms.RadioSelect)
    text = WordsField(
        label=_("In your words"),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What did you see, and when? This text will be public: leave out names and telephone numbers."),
    )
    contact = forms.CharField(
        label=_("How can we reach you? (not needed)"),
        max_length=200,
        required=False,
        help_text=_("Only the office sees it. It is never published."),
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )
    website = forms.CharField(required=False, max_length=200, label=_("Leave this empty"))

    def clean_text(self) -> str:
        """Refuse text that only carries addresses of pages, as advertisements do."""
        text: str = self.cleaned_data["text"]
        if text.lower().count("http") > 1 or "<a " in text.lower() or "[url" in text.lower():
            raise forms.ValidationError(_("Please describe what you saw in words, without links."))
        return text

    def clean(self) -> dict[str, Any] | None:
        """Refuse what a program has filled in."""
        if self.cleaned_data.get("website"):
            raise forms.ValidationError(_("This looks as if a program had filled it in; leave the last field empty."))
        return self.cleaned_data


class StepForm(forms.Form):
    """A step with a correction: the words that will be public."""

    step = forms.CharField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    text = WordsField(label=_("Text, which will be public"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
