"""Who did what, when and why stands on the page of each thing, for those whom the table of permissions lets see it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone
from tests.office.delivering import DAY, award_lot, lines_for, plan_sites, publish_lot

from alcance.office.accounts.history import MOST, changes_of
from alcance.office.delivery.deeds import bids, lots, payments
from alcance.office.register import deeds
from alcance.office.register.models import Site
from alcance.office.service import placing

ALL = ("ministry", "committee", "committee2", "institution", "provider", "provider2", "association", "auditor")


@pytest.fixture
def told_to(as_role):
    """What a page tells each role of what happened: who, whether it was made, values afterwards, why, by whom named."""

    def told(path, role):
        context = as_role(role).get(path).context
        events = context["events"] if context is not None and "events" in context else None
        return events and [
            (one.key, one.who, one.made or [str(after) for _name, _before, after in one.changes], one.why)
            for one in events
        ]

    return told


@pytest.fixture
def lot(sites, people):
    now = timezone.now()
    plan_sites(sites[:2], people, now - 30 * DAY)
    return publish_lot(sites[:2], people, now - 30 * DAY)


def test_a_lot_tells_its_history_to_who_may_view_it(lot, people, told_to):
    lots.cancel(lot, people["ministry"], at=timezone.now(), reason="sin presupuesto")
    newest, *_, first = told_to("/lots/lot-1/", "auditor")
    assert (newest[1], newest[3], "cancelado" in newest[2]) == ("ministry", "sin presupuesto", True)
    assert first == ("", "ministry", True, "")
    seen = {role for role in ALL if told_to("/lots/lot-1/", role)}
    assert seen == {"ministry", "auditor"}


def test_nobody_sees_that_another_bids_before_they_are_opened_nor_a_provider_ever(lot, people, told_to):
    mine = bids.submit(lot, lines_for([line.site for line in lot.lines.all()]), people["provider"], at=lot.published_at)
    bids.submit(lot, lines_for([line.site for line in lot.lines.all()]), people["provider2"], at=lot.published_at)
    bids.withdraw(mine, people["provider"], at=lot.published_at + DAY, seen_version=mine.version)

    def bidders(role):
        return {key for key, *_ in told_to("/lots/lot-1/", role) or () if key}

    assert [bidders(role) for role in ALL] == [set()] * len(ALL)
    withdrawn, submitted = told_to("/lots/lot-1/bid/", "provider")
    assert (withdrawn[1], submitted[1:]) == ("provider", ("provider", True, ""))
    assert withdrawn[2] == [str(lot.published_at + DAY)]
    assert {who for _, who, _, _ in told_to("/lots/lot-1/bid/", "provider2")} == {"provider 2"}
    lots.open_bids(lot, people["ministry"], at=timezone.now())
    names = {people[role].organisation.name for role in ("provider", "provider2")}
    assert {role: bidders(role) for role in ALL if bidders(role)} == {"ministry": names, "auditor": names}


def test_a_contract_tells_the_history_of_its_payments_to_whose_money_it_is(sites, people, told_to):
    now = timezone.now() - 30 * DAY
    plan_sites(sites[:1], people, now)
    contract = award_lot(sites[:1], people, now)
    paid = payments.record(
        contract, people["ministry"], amount=Decimal(1000), paid_on=timezone.localdate(), document="F-1",
        at=timezone.now(),
    )  # fmt: skip
    payments.correct(paid, people["ministry"], amount=Decimal(900), at=timezone.now(), reason="un cero de más")
    path = f"/contracts/{contract.code}/"
    assert told_to(path, "provider")[:2] == [
        ("F-1", "ministry", True, "un cero de más"), ("F-1", "ministry", True, ""),
    ]  # fmt: skip
    assert {role for role in ALL if told_to(path, role)} == {"ministry", "provider", "auditor"}


def test_a_probe_tells_its_history_to_who_may_view_it(sites, people, told_to, now):
    probe = placing.add("p1", sites[0], "x", people["ministry"], at=now)
    placing.move(probe, sites[1], people["ministry"], at=now + DAY, reason="prestada")
    newest, first = told_to("/probes/p1/", "committee")
    assert newest == ("", "ministry", [str(sites[1])], "prestada")
    assert first == ("", "ministry", True, "")
    assert {role for role in ALL if told_to("/probes/p1/", role)} == {"ministry", "committee", "auditor"}


def test_as_many_are_told_as_are_read_in_few_queries(sites, people, django_assert_max_num_queries):
    for turn in range(MOST // 2):
        for site in sites[:3]:
            site.users = turn
            deeds._save(site, people["ministry"], f"{turn}")
    with django_assert_max_num_queries(8):
        events = changes_of(Site.objects.filter(pk__in=[site.pk for site in sites[:3]]), lambda site: site.key)
    assert len(events) == MOST
    assert events == sorted(events, key=lambda event: event.at, reverse=True)
    assert all(len(event.changes) == 1 for event in events)
    # Each is told against what the same site was before, and no other.
    assert all(int(event.changes[0][2]) - int(event.changes[0][1]) == 1 for event in events)
