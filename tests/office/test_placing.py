"""Where probes stand: what was measured counts for the place where it was measured, and for no other."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.office.delivering import DAY, award_lot, install, new_photo, plan_sites, verify

from alcance.office.accounts.refusals import NotAllowed, Refused
from alcance.office.delivery.deeds import connections
from alcance.office.delivery.models import Connection
from alcance.office.register import deeds
from alcance.office.service import client as probe_client
from alcance.office.service import placing
from alcance.office.service.evidence import measured, summaries
from alcance.office.service.models import Placement, Probe
from alcance.office.service.receiving import receive

KEY = probe_client.new_key()


@pytest.fixture(autouse=True)
def office_dir(settings, tmp_path):
    settings.OFFICE_DIR = settings.MEDIA_ROOT = tmp_path / "office"


@pytest.fixture
def probe(sites, people, now):
    return placing.add("p1", sites[0], probe_client.public_half(KEY), people["ministry"], at=now)


def leave(first, days, at, code="p1"):
    """A measurement at noon of each of some days, received at a moment."""
    rows = [
        {"time": (first + day * DAY).isoformat(), "online": True, "down_mbps": 25.0, "latency_ms": 30.0}
        for day in range(days)
    ]
    body = probe_client.batch_of(rows)
    receive(code, probe_client.signed(KEY, body), body, at=at)


def days_at(site, at):
    """On how many days something was measured at a site, by both questions that are asked."""
    proof = measured(site, None, at)
    found = summaries(at, 60).set_index("site_id")["days"].to_dict().get(site.pk, 0)
    assert proof is None or proof["days"] == found
    return found


def reload(*things):
    for thing in things:
        thing.refresh_from_db()


def test_what_was_measured_before_a_probe_was_added_is_evidence_of_no_place(probe, sites, now):
    leave(now - 5 * DAY, 10, now + 5 * DAY)
    assert days_at(sites[0], now + 5 * DAY) == 5


def test_what_is_received_after_a_move_counts_where_it_was_measured(probe, sites, people, now):
    placing.move(probe, sites[1], people["ministry"], at=now + 5 * DAY - dt.timedelta(hours=1), reason="prestada")
    leave(now, 9, now + 9 * DAY)
    assert (days_at(sites[0], now + 9 * DAY), days_at(sites[1], now + 9 * DAY)) == (5, 4)
    # On that very moment it stands at the new one, and not at both.
    placing.move(probe, sites[2], people["ministry"], at=now + 12 * DAY, reason="prestada")
    leave(now + 12 * DAY, 1, now + 13 * DAY)
    assert (days_at(sites[1], now + 13 * DAY), days_at(sites[2], now + 13 * DAY)) == (4, 1)


def test_a_probe_moves_with_its_connection_and_measures_nothing_on_the_way(probe, sites, people, now):
    plan_sites(sites[:2], people, now)
    connection = award_lot(sites[:1], people, now).connections.get()
    install(connection, people, now + 13 * DAY)
    verify(connection, people, now + 15 * DAY)
    connections.operate(connection, people["ministry"], at=now + 15 * DAY)
    at = now + 20 * DAY
    moved = connections.relocate(connection, sites[1], people["committee"], at=at, reason="cerró")
    reload(probe)
    assert (probe.site, probe.history.first().history_change_reason) == (sites[1], "cerró")
    leave(now + 16 * DAY, 10, now + 26 * DAY)
    assert (days_at(sites[0], now + 26 * DAY), days_at(sites[1], now + 26 * DAY)) == (4, 0)
    # What it measured before it was installed proves nothing of the installation.
    connections.install(
        moved, people["provider"], at=now + 27 * DAY, installed_on=(now + 22 * DAY).date(),
        photo=new_photo(people["provider"], now + 27 * DAY),
    )  # fmt: skip
    leave(now + 26 * DAY, 6, now + 32 * DAY)
    assert (days_at(sites[0], now + 32 * DAY), days_at(sites[1], now + 32 * DAY)) == (4, 5)
    proof = measured(sites[1], None, now + 32 * DAY)
    connections.verify(moved, people["committee"], at=now + 32 * DAY, measurements=proof)


def test_a_probe_on_its_way_comes_with_no_other_connection(probe, sites, people, now):
    plan_sites(sites[:2], people, now)
    connection = award_lot(sites[:1], people, now).connections.get()
    install(connection, people, now + 13 * DAY)
    moved = connections.relocate(connection, sites[1], people["committee"], at=now + 20 * DAY, reason="cerró")
    connections.rescind(moved, people["ministry"], at=now + 21 * DAY, reason="no cumplió")
    reload(sites[1])
    other = award_lot([sites[1]], people, now + 22 * DAY, "lot-2").connections.get()
    install(other, people, now + 40 * DAY)
    assert not Placement.objects.filter(until=None).exists()
    # Who may says where it is.
    placing.move(probe, sites[1], people["ministry"], at=now + 50 * DAY, reason="recuperada")
    assert Placement.objects.get(until=None).site == sites[1]


def test_the_probes_of_a_retired_site_are_retired_with_the_reason(probe, sites, people, now):
    connections.retire(sites[0], people["ministry"], at=now + DAY, reason="se demolió")
    reload(probe)
    assert (probe.retired_at, probe.history.first().history_change_reason) == (now + DAY, "se demolió")
    assert not Placement.objects.filter(until=None).exists()
    with pytest.raises(Refused):
        placing.move(probe, sites[1], people["ministry"], at=now + 2 * DAY, reason="a otra")


def test_the_probe_of_a_duplicate_belongs_to_the_site_that_stays_from_then_on(probe, sites, people, now):
    duplicate, stays = sites[0], sites[1]
    deeds.merge(duplicate, stays, people["ministry"], at=now + 5 * DAY, reason="la misma")
    leave(now, 9, now + 9 * DAY)
    reload(probe)
    assert (probe.site, probe.retired_at) == (stays, None)
    assert (days_at(duplicate, now + 9 * DAY), days_at(stays, now + 9 * DAY)) == (5, 4)


def test_no_probe_is_in_service_at_a_retired_site_merged_or_not(probe, sites, people, now):
    connections.retire(sites[1], people["ministry"], at=now, reason="cerró")
    deeds.merge(sites[0], sites[1], people["ministry"], at=now + DAY, reason="la misma, y cerró")
    reload(probe)
    assert (probe.site, probe.retired_at) == (sites[1], now + DAY)
    assert not Placement.objects.filter(until=None).exists()


def test_a_merge_that_is_undone_leaves_nothing_measured_at_the_wrong_place(probe, sites, people, now):
    first, second, third = sites[:3]
    own = placing.add("p2", second, probe_client.public_half(probe_client.new_key()), people["ministry"], at=now)
    deeds.merge(first, second, people["ministry"], at=now + 2 * DAY, reason="la misma")
    reload(second)
    deeds.merge(second, third, people["ministry"], at=now + 4 * DAY, reason="la misma")
    leave(now, 9, now + 9 * DAY)
    assert [days_at(site, now + 9 * DAY) for site in (first, second, third)] == [2, 2, 5]
    reload(first)
    deeds.part(first, people["ministry"], at=now + 10 * DAY, reason="son dos")
    assert [days_at(site, now + 9 * DAY) for site in (first, second, third)] == [9, 0, 0]
    reload(probe, own)
    assert (probe.site, own.site) == (first, third)
    leave(now + 11 * DAY, 3, now + 14 * DAY)
    assert days_at(first, now + 14 * DAY) == 12


def test_a_probe_that_has_gone_on_since_a_merge_stays_where_it_went(probe, sites, people, now):
    deeds.merge(sites[0], sites[1], people["ministry"], at=now + 2 * DAY, reason="la misma")
    placing.move(probe, sites[2], people["ministry"], at=now + 4 * DAY, reason="a otra")
    reload(sites[0])
    deeds.part(sites[0], people["ministry"], at=now + 5 * DAY, reason="son dos")
    reload(probe)
    assert probe.site == sites[2]
    leave(now, 9, now + 9 * DAY)
    assert [days_at(site, now + 9 * DAY) for site in sites[:3]] == [4, 0, 5]


def test_only_who_may_adds_and_moves(probe, sites, people, now):
    for person in (people["provider"], people["committee"]):
        with pytest.raises(NotAllowed):
            placing.add("p2", sites[0], "x", person, at=now)
        with pytest.raises(NotAllowed):
            placing.move(probe, sites[1], person, at=now, reason="mía")
    assert (Probe.objects.count(), Connection.objects.count()) == (1, 0)


def test_a_key_written_in_another_way_is_the_same_key(as_role, sites):
    written = probe_client.public_half(KEY)
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = written[:42] + last[last.index(written[42]) + 1] + "="
    ministry = as_role("ministry")
    form = {"code": "casa", "site": sites[0].key, "public_key": written}
    assert ministry.post("/probes/", form).status_code == 302
    assert ministry.post("/probes/", {**form, "code": "casa-2", "public_key": other}).status_code == 400


def test_probes_are_registered_and_moved_by_the_ministry(as_role, sites, people):
    form = {"code": "casa", "site": sites[0].key, "public_key": probe_client.public_half(KEY)}
    assert as_role("provider").post("/probes/", form).status_code == 403
    ministry = as_role("ministry")
    assert ministry.post("/probes/", {**form, "public_key": "short"}).status_code == 400
    assert ministry.post("/probes/", form).status_code == 302
    assert ministry.post("/probes/", form).status_code == 400
    assert "casa" in ministry.get("/probes/").content.decode()
    assert "casa" not in as_role("provider").get("/probes/").content.decode()
    assert as_role("ministry").post("/probes/casa/retire/").status_code == 400
    assert as_role("ministry").post("/probes/casa/retire/", {"reason": "se rompió"}).status_code == 302
    assert Probe.objects.get().retired_at is not None
    past = Probe.history.order_by("history_id").values_list("history_type", "history_user__email")
    assert list(past) == [("+", "ministry@example.org"), ("~", "ministry@example.org")]
    # The key of one that is retired is free for another.
    again = {**form, "code": "casa-2", "site": f"CCT:{sites[1].key.lower()}"}
    assert as_role("ministry").post("/probes/", again).status_code == 302
    moved = {"site": sites[2].key, "reason": "la escuela pidió otro lugar"}
    assert as_role("provider").post("/probes/casa-2/", moved).status_code == 403
    ministry = as_role("ministry")
    assert ministry.post("/probes/casa-2/", {**moved, "site": "nowhere"}).status_code == 400
    assert ministry.post("/probes/casa-2/", {**moved, "reason": ""}).status_code == 400
    assert ministry.post("/probes/casa-2/", moved).status_code == 302
    assert ministry.post("/probes/casa-2/", moved).status_code == 400
    assert ministry.post("/probes/casa/", moved).status_code == 400
    probe = Probe.objects.get(code="casa-2")
    assert (probe.site, probe.history.first().history_change_reason) == (sites[2], moved["reason"])
    assert [(one.site, one.until is None) for one in probe.placements.all()] == [(sites[1], False), (sites[2], True)]


def test_who_may_see_probes_finds_the_way_to_them(as_role, client, people):
    found = {role for role in people if 'href="/probes/"' in as_role(role).get("/lots/").content.decode()}
    assert found == {"ministry", "committee", "committee2", "provider", "provider2", "auditor"}


def test_each_finds_their_probes_however_many_others_have(as_role, sites, areas, now):
    made = [Probe(code=f"a{at:03d}", site=sites[0], public_key=f"{at}", added_at=now) for at in range(250)]
    Probe.objects.bulk_create([*made, Probe(code="z", site=sites[-1], public_key="z", added_at=now)])
    assert [one.code for one in as_role("committee2").get("/probes/").context["page"].rows] == ["z"]
    first = as_role("ministry").get("/probes/").context["page"]
    assert [one.code for one in as_role("ministry").get(f"/probes/?after={first.next}").context["page"].rows][-1] == "z"
    assert as_role("ministry").get("/probes/?after=x").status_code == 404
