"""An office with something of each kind of page to look at."""

from __future__ import annotations

from tests.office.delivering import DAY, award_lot, install, plan_sites, publish_lot, verify

from alcance.office.public.challenges.life import file_challenge
from alcance.office.register.imports.whole_file import import_file
from alcance.office.running.models import Job
from alcance.office.service import placing
from alcance.office.service.client import new_key, public_half
from alcance.office.targets.examples import load_example


def fill(sites, people, now, folder):
    """Fill the office; return the people, by role."""
    Job.objects.create(title="Work", asked_by=people["provider"], task="x", state="done")
    plan_sites(sites[:4], people, now)
    contract = award_lot(sites[:2], people, now)
    publish_lot(sites[2:3], people, now, "lot-2")
    file = folder / "sites.csv"
    file.write_text("key,key_scheme,name,kind,lon,lat\n20DPR0099A,cct,Nueva,school,-96.51234,17.01234\n")
    import_file(file, people["institution"], at=now)
    load_example(now)
    file_challenge(sites[0], "other", "¿Cuándo?", at=now)
    connection = contract.connections.order_by("pk").first()
    install(connection, people, now + 20 * DAY)
    verify(connection, people, now + 22 * DAY)
    placing.add("p1", connection.site, public_half(new_key()), people["ministry"], at=now)
    return people
