"""Invitations: a link with which somebody sets their password, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from alcance.errors import AlcanceError
from alcance.office.accounts.models import Person

if TYPE_CHECKING:
    from alcance.office.accounts.models import Organisation


class AlreadyThere(AlcanceError):
    """Somebody has this address already."""


def invite(name: str, email: str, organisation: Organisation, why: str = "") -> Person:
    """Make somebody a member of an organisation, with no password until they set one by their link.

    Raises
    ------
    AlreadyThere
        Where somebody has that address, in whatever capitals.
    """
    email = Person.objects.normalize_email(email).lower()
    person = Person(email=email, name=name, organisation=organisation)
    person.set_unusable_password()
    person._change_reason = why
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise AlreadyThere(_("Somebody with the address %(email)s is here already.") % {"email": email}) from error
    return person


def one_time_path(person: Person) -> str:
    """The path where somebody sets their password. It is void once they have, and after `PASSWORD_RESET_TIMEOUT`."""
    key = default_token_generator.make_token(person)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": key})


def hand_over(person: Person, address: str) -> bool:
    """Send somebody the address of their link where mail is set up; return whether it went out."""
    if not settings.MAIL_IS_SENT:
        return False
    text = _(
        "%(name)s: you have been given an account for %(organisation)s in Alcance.\n\n"
        "Choose your password here, within three days; the link works once:\n%(address)s\n"
    )
    told = {"name": person.name, "organisation": person.organisation, "address": address}
    return bool(send_mail(_("Your account in Alcance"), text % told, None, [person.email], fail_silently=True))
