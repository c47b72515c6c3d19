"""Who acts in the example: an organisation and a person of every role, all of them invented."""

from __future__ import annotations

import csv
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password

from alcance.office.accounts.models import Organisation, Person
from alcance.office.accounts.roles import Role

if TYPE_CHECKING:
    from pathlib import Path

MOST_PROVIDERS = 5


@dataclass(frozen=True)
class Cast:
    """The people of the example, and the password that all of them have.

    Parameters
    ----------
    people
        By a short name, which is also that of their address.
    providers
        The people of the providers, in the order of the pack.
    password
        Made anew for each example, so that nobody knows it who has not seen it printed.
    """

    people: dict[str, Person]
    providers: list[Person]
    password: str

    def __getitem__(self, name: str) -> Person:
        """Who has that short name."""
        return self.people[name]


def assemble(pack: Path, state_code: str, state_name: str, password: str | None = None) -> Cast:
    """Make the organisations and their people.

    Parameters
    ----------
    pack
        The pack's folder, whose `providers.csv` names the illustrative providers.
    state_code, state_name
        The state of the committee.
    password
        For all of them; a new one where none is given.
    """
    password = password or "-".join(secrets.choice(_WORDS) for _ in range(5))
    # One and the same, for hashing is slow on purpose.
    hashed = make_password(password)
    wanted: list[tuple[str, str, str, Role, str]] = [
        ("ministerio", "Ministerio de Conectividad (ejemplo)", "Mariana Ruiz", Role.MINISTRY, ""),
        ("comite", f"Comité estatal de {state_name} (ejemplo)", "Crispín López", Role.COMMITTEE, state_code),
        ("educacion", "Instituto de Educación (ejemplo)", "Elena Martínez", Role.INSTITUTION, ""),
        ("salud", "Servicios de Salud (ejemplo)", "Saúl Hernández", Role.INSTITUTION, ""),
        ("asociacion", "Asociación de proveedores (ejemplo)", "Amalia Cruz", Role.ASSOCIATION, ""),
        ("auditoria", "Auditoría Superior (ejemplo)", "Aurelio Santiago", Role.AUDITOR, ""),
    ]
    providers = _providers(pack)
    wanted += [(code, name, f"Técnica de {code.upper()}", Role.PROVIDER, "") for code, name in providers]
    people = {}
    for code, name, person, role, state in wanted:
        organisation = Organisation.objects.create(code=code, name=name, role=role, state_code=state, illustrative=True)
        people[code] = Person.objects.create(
            email=f"{code}@example.org", name=person, organisation=organisation, password=hashed
        )
    return Cast(people, [people[code] for code, _name in providers], password)


def _providers(pack: Path) -> list[tuple[str, str]]:
    with (pack / "providers.csv").open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["illustrative"].lower() == "true"]
    return [(row["provider_id"].lower(), row["name"]) for row in rows[:MOST_PROVIDERS]]


_WORDS = (
    "agave", "alba", "bosque", "brisa", "cacao", "camino", "cerro", "cielo", "colibri", "copal", "costa", "fibra",
    "fuego", "jade", "laguna", "luna", "maiz", "mar", "monte", "nopal", "nube", "ocote", "piedra", "puente", "rio",
    "sal", "selva", "sierra", "sol", "torre", "valle", "viento",
)  # fmt: skip
