"""The life of a site."""

from __future__ import annotations

import datetime as dt

import pytest

from alcance.office.accounts.refusals import NotAllowed
from alcance.office.delivery.life import ImpossibleTransition, move, steps, steps_open_to
from alcance.office.delivery.models import Transition
from alcance.office.register.models import Site, SiteState

pytestmark = pytest.mark.usefixtures("in_english")


def test_every_state_is_reached_and_left(db):
    reached = {step.after for step in steps().values()}
    left = {state for step in steps().values() for state in step.before}
    assert reached == set(SiteState)
    assert left == set(SiteState)


def test_a_step_is_recorded_with_who_when_and_why(sites, people, now):
    [record] = move(sites[:1], "nominate", people["committee"], at=now, reason="poorest of the valley")
    site = Site.objects.get(pk=sites[0].pk)
    assert (site.state, site.version) == ("nominated", 2)
    assert Transition.objects.get() == record
    assert (record.before, record.after, record.actor_name, record.reason) == (
        "registered", "nominated", "committee", "poorest of the valley",
    )  # fmt: skip


def test_a_committee_moves_only_its_own_state(sites, people, now):
    with pytest.raises(NotAllowed):
        move([sites[0], sites[4]], "nominate", people["committee"], at=now)
    assert set(Site.objects.values_list("state", flat=True)) == {"registered"}


@pytest.mark.parametrize("name", sorted(steps()))
def test_a_step_from_a_wrong_state_is_refused(sites, people, now, name):
    step = steps()[name]
    for state in set(SiteState) - set(step.before):
        Site.objects.filter(pk=sites[0].pk).update(state=state)
        with pytest.raises(ImpossibleTransition):
            move([Site.objects.get(pk=sites[0].pk)], name, people["ministry"], at=now, reason="x")
    assert not Transition.objects.exists()


def test_a_step_needs_its_evidence(sites, people, now):
    site = sites[0]
    move([site], "nominate", people["committee"], at=now)
    move([site], "approve", people["ministry"], at=now)
    with pytest.raises(ImpossibleTransition, match="plan"):
        move([site], "plan", people["ministry"], at=now)
    move([site], "plan", people["ministry"], at=now, evidence={"plan": 1})
    assert site.state == "planned"


def test_who_comes_second_is_refused(sites, people, now):
    seen_by_one, seen_by_other = Site.objects.get(pk=sites[0].pk), Site.objects.get(pk=sites[0].pk)
    move([seen_by_one], "nominate", people["committee"], at=now)
    with pytest.raises(ImpossibleTransition, match="meanwhile"):
        move([seen_by_other], "nominate", people["committee"], at=now)
    assert Transition.objects.count() == 1


def test_the_open_steps_are_those_that_then_succeed(sites, people, now):
    site = sites[0]
    assert [step.name for step in steps_open_to(people["committee"], site)] == ["nominate", "receive"]
    assert steps_open_to(people["committee2"], site) == []
    assert [step.name for step in steps_open_to(people["ministry"], site)] == ["receive", "retire"]


def test_a_retired_site_says_since_when_and_one_that_is_taken_in_again_does_not(sites, people):
    # In Mexico it is still the day before.
    at = dt.datetime(2026, 3, 3, 4, tzinfo=dt.UTC)
    move([sites[0]], "retire", people["ministry"], at=at, reason="closed")
    assert Site.objects.get(pk=sites[0].pk).retired_on == sites[0].retired_on == dt.date(2026, 3, 2)
    move([sites[0]], "restore", people["ministry"], at=at, reason="open again")
    assert Site.objects.get(pk=sites[0].pk).retired_on is None
