"""Targets: what counts as connected, on any day, nobody twice, and what is to be expected."""

from __future__ import annotations

import datetime as dt
import re
import time
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.office.delivering import DAY, award_lot, install, plan_sites, verify

from alcance.office.delivery.deeds import connections
from alcance.office.delivery.life import move
from alcance.office.delivery.models import Contract, Payment, Plan, PlannedSite
from alcance.office.register.models import Area, Site, SiteState
from alcance.office.targets import charts, dashboard, kept
from alcance.office.targets.examples import load_example
from alcance.office.targets.kept import kept_progress, kept_states
from alcance.office.targets.models import Definition, Programme, Target
from alcance.office.targets.people import RADIUS_M, assign
from alcance.office.targets.progress import Ground, days_of, forecast, month_ends, most, way_of
from alcance.office.targets.standing import Register, _in_force, end_of, states_on
from alcance.office.web.errors import Busy


@pytest.fixture(autouse=True)
def office_dir(settings, tmp_path):
    settings.OFFICE_DIR = tmp_path / "office"
    kept._results.clear()


# What each asks, and not one question more.
CEILINGS = {"/progress/": 20, "/progress/red/": 15, "/progress/definitions/": 1}


def definition(least, now, **options):
    return Definition.objects.create(
        code=f"{least}-{len(options)}", version=1, words_es="x", words_en="x", least=least, made_at=now, **options
    )


@pytest.fixture
def programme(db):
    return Programme.objects.create(code="red", name="Red", begins_on=dt.date(2026, 1, 1))


def target(programme, least, now, measure="sites", **options):
    scope = {name: options.pop(name) for name in ("state_code", "kind", "quintile") if name in options}
    return Target.objects.create(
        programme=programme, definition=definition(least, now, **options), measure=measure, value=10,
        due_on=dt.date(2027, 1, 1), set_on=dt.date(2026, 1, 1), **scope,
    )  # fmt: skip


def count(goal, day):
    """What the pages tell of a target at the end of a day."""
    return next(one.value for one in kept_progress(goal.programme, day) if one.target == goal)


@pytest.fixture
def delivered(sites, people, now):
    """Three sites contracted, of which the first is operating, the second only claimed."""
    plan_sites(sites[:3], people, now)
    contract = award_lot(sites[:3], people, now)
    one, two, _three = contract.connections.select_related("site").order_by("pk")
    install(one, people, now + 20 * DAY)
    install(two, people, now + 20 * DAY)
    verify(one, people, now + 30 * DAY)
    connections.operate(one, people["ministry"], at=now + 31 * DAY)
    return [one, two]


def test_each_definition_counts_its_own(delivered, programme, now):
    day = (now + 40 * DAY).date()
    found = {least: count(target(programme, least, now), day) for least in ("planned", "installed", "verified")}
    assert found == {"planned": 3, "installed": 2, "verified": 1}
    with_speed = target(programme, "verified", now, within_days=30, min_mbps=20.0)
    assert count(with_speed, day) == 1
    assert count(target(programme, "verified", now, within_days=30, min_mbps=23.0, made_by=None), day) == 0
    assert count(with_speed, (now + 90 * DAY).date()) == 0


def test_a_past_day_is_counted_as_it_was(delivered, people, programme, now):
    goal = target(programme, "verified", now)
    before = [count(goal, (now + days * DAY).date()) for days in (10, 25, 31, 50)]
    assert before == [0, 0, 1, 1]
    one = delivered[0]
    connections.retire(Site.objects.get(pk=one.site_id), people["ministry"], at=now + 60 * DAY, reason="closed")
    assert [count(goal, (now + days * DAY).date()) for days in (10, 25, 31, 50)] == before
    assert count(goal, (now + 70 * DAY).date()) == 0


def test_scopes_narrow_what_is_counted(delivered, programme, now):
    day = (now + 40 * DAY).date()
    assert count(target(programme, "installed", now, state_code="20"), day) == 2
    assert count(target(programme, "planned", now, state_code="21"), day) == 0
    assert count(target(programme, "verified", now, kind="library"), day) == 0
    assert count(target(programme, "verified", now, within_days=99, quintile=4), day) == 1


def test_nobody_is_counted_twice(delivered, sites, programme, now):
    Area.objects.filter(level="locality").update(lon=-96.48, lat=17.02)
    goal = target(programme, "installed", now, measure="people")
    # All four localities lie together: the people of each count once, whatever number of sites serves them.
    assert count(goal, (now + 40 * DAY).date()) == 2000
    assert count(goal, now.date() - DAY) == 0


points = st.tuples(st.floats(-97, -96.9), st.floats(17, 17.1))


@given(
    st.lists(st.tuples(points, st.integers(0, 1000)), min_size=1, max_size=30),
    st.lists(points, min_size=1, max_size=12),
    st.data(),
)
def test_people_served_never_exceed_the_people_and_never_fall_by_one_more_site(localities, sites, data):
    frame = pd.DataFrame(
        {
            "lon": [point[0] for point, _ in localities], "lat": [point[1] for point, _ in localities],
            "people": [people for _, people in localities],
        },
        index=[f"L{one}" for one in range(len(localities))],
    )  # fmt: skip
    places = pd.DataFrame(sites, columns=["lon", "lat"], index=range(100, 100 + len(sites)))
    catchments = assign(frame, places, {100: "L0"})
    connected = np.array(data.draw(st.lists(st.booleans(), min_size=len(sites), max_size=len(sites))))
    served = catchments.people(connected)
    assert 0 <= served <= frame["people"].sum()
    more = connected.copy()
    more[data.draw(st.integers(0, len(sites) - 1))] = True
    assert catchments.people(more) >= served
    # Brute force, by great circles.
    by_hand = 0
    for at, (lon, lat) in enumerate(zip(frame["lon"], frame["lat"], strict=True)):
        near = [
            one
            for one, (x, y) in enumerate(sites)
            if connected[one] and (_distance_m(lon, lat, x, y) <= RADIUS_M or (one == 0 and at == 0))
        ]
        by_hand += int(frame["people"].iloc[at]) if near else 0
    assert served == by_hand


def _distance_m(lon, lat, x, y):
    lon, lat, x, y = map(np.radians, (lon, lat, x, y))
    h = np.sin((lat - y) / 2) ** 2 + np.cos(lat) * np.cos(y) * np.sin((lon - x) / 2) ** 2
    return 2 * 6_371_009.0 * np.arcsin(np.sqrt(h))


def test_months_end_and_the_day_asked_for_is_last():
    assert month_ends(dt.date(2026, 1, 15), dt.date(2026, 3, 10)) == [
        dt.date(2026, 1, 31), dt.date(2026, 2, 28), dt.date(2026, 3, 10),
    ]  # fmt: skip
    assert month_ends(dt.date(2024, 2, 1), dt.date(2024, 2, 29)) == [dt.date(2024, 2, 29)]


def test_a_steady_rate_is_forecast_exactly_and_an_unsteady_one_with_a_range():
    days = month_ends(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    steady = forecast(days, [100 * one for one in range(len(days))], dt.date(2027, 6, 30))
    assert steady.low == steady.middle == steady.high == 100 * (len(days) - 1) + 600
    unsteady = forecast(days, [0, 0, 500, 500, 500, 900, 900, 900, 900, 1200, 1200, 1200], dt.date(2027, 6, 30))
    assert unsteady.low < unsteady.middle < unsteady.high
    assert forecast(days, [5] * len(days), dt.date(2020, 1, 1)).middle == 5


def test_a_month_that_has_only_begun_does_not_slow_the_forecast():
    days = month_ends(dt.date(2026, 1, 1), dt.date(2026, 12, 2))
    steady = [100 * one for one in range(len(days) - 1)]
    found = forecast(days, [*steady, steady[-1] + 5], dt.date(2027, 6, 1))
    assert found.low == found.high == steady[-1] + 5 + 600


def test_what_came_after_a_targets_day_does_not_count_for_it():
    months = month_ends(dt.date(2026, 1, 1), dt.date(2026, 4, 20))
    due = dt.date(2026, 2, 10)
    over, ahead = Target(due_on=due, value=2), Target(due_on=dt.date(2027, 1, 1), value=100)
    days = days_of([over, ahead], months)
    assert days == [months[0], due, *months[1:]]
    values = [1, 2, 5, 9, 9]
    past = way_of(over, days, values, months, 100)
    assert (past.days, past.values, past.share, past.forecast) == ([months[0], due], [1, 2], 1.0, None)
    coming = way_of(ahead, days, values, months, 100)
    assert (coming.days, coming.values) == (months, [1, 5, 9, 9])
    assert coming.forecast is not None


def test_a_day_ends_where_the_office_is(delivered, people, programme, now):
    goal = target(programme, "verified", now)
    evening = dt.datetime(2026, 5, 5, 20, tzinfo=ZoneInfo("America/Mexico_City"))
    connections.retire(Site.objects.get(pk=delivered[0].site_id), people["ministry"], at=evening, reason="closed")
    assert [count(goal, dt.date(2026, 5, day)) for day in (4, 5)] == [1, 0]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 400), st.sampled_from(SiteState.values)), max_size=40))
def test_how_sites_stood_is_the_last_thing_that_had_happened(steps):
    steps = sorted(steps, key=lambda step: step[1])
    begin = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    index = pd.Index([10, 11, 12, 13, 14, 15])
    log = pd.DataFrame(
        [(10 + site, begin + hours * dt.timedelta(hours=1), after) for site, hours, after in steps],
        columns=["site_id", "at", "after"],
    )
    register = Register(pd.DataFrame(index=index), _in_force(log, index))
    for day in (dt.date(2025, 12, 31), dt.date(2026, 1, 4), dt.date(2026, 1, 11), dt.date(2026, 2, 1)):
        by_hand = dict.fromkeys(index, "registered")
        for site, at, after in log.itertuples(index=False):
            if at < end_of(day):
                by_hand[site] = after
        assert states_on(register, day).to_dict() == by_hand


def test_progress_leads_month_by_month_to_the_day(delivered, programme, now):
    target(programme, "verified", now)
    [shown] = kept_progress(programme, dt.date(2026, 6, 10))
    assert list(zip(shown.days, shown.values, strict=True))[-3:] == [
        (dt.date(2026, 4, 30), 1), (dt.date(2026, 5, 31), 1), (dt.date(2026, 6, 10), 1),
    ]  # fmt: skip
    assert shown.share == 0.1


def test_the_example_shows_the_break_of_2016(client, now, db):
    programme = load_example(now)
    assert load_example(now) == programme
    assert Programme.objects.get() == programme
    assert [figure.value for figure in programme.figures.all()] == [6960, 14178, 36692, 65149, 101322, 101000]
    assert programme.targets.get(value=250_000).replaced_on == dt.date(2016, 1, 1)
    page = client.get("/progress/mexico-conectado/").content.decode()
    assert "200 millones de pesos al mes" in page
    assert "250\u00a0000" in page
    assert "style=" not in page


def test_the_dashboards_are_for_all_and_money_for_some(as_role, client, delivered, programme, now):
    target(programme, "installed", now)
    target(programme, "installed", now, measure="people", within_days=None)
    page = client.get("/progress/")
    assert page.status_code == 200
    assert "Dinero" not in page.content.decode()
    assert "Money" not in page.content.decode()
    assert as_role("ministry").get("/progress/", headers={"accept-language": "en"}).content.decode().count("Money") == 1
    assert client.get("/progress/?as_of=nonsense").status_code == 200
    assert client.get("/progress/?as_of=1900-01-01").status_code == 200
    assert client.get("/progress/none/").status_code == 404


def test_a_definition_is_never_changed_only_followed_by_its_next_version(as_role, db):
    ministry = as_role("ministry")
    form = {"code": "works", "words_es": "funciona", "words_en": "works", "least": "verified", "within_days": 30}
    assert ministry.post("/progress/definitions/", form).status_code == 302
    assert ministry.post("/progress/definitions/", {**form, "within_days": 60}).status_code == 302
    assert [(one.version, one.within_days) for one in Definition.objects.filter(code="works")] == [(1, 30), (2, 60)]
    assert ministry.post("/progress/definitions/", {**form, "least": "planned"}).status_code == 400
    assert as_role("auditor").post("/progress/definitions/", form).status_code == 403


def test_the_ministry_sets_targets(as_role, programme, now):
    least = definition("installed", now)
    form = {"definition": least.pk, "measure": "sites", "value": 100, "due_on": "2027-12-31", "quintile": 5}
    assert as_role("committee").post("/progress/red/target/", form).status_code == 403
    ministry = as_role("ministry")
    assert ministry.post("/progress/red/target/", {**form, "quintile": 6}).status_code == 400
    assert ministry.post("/progress/red/target/", form).status_code == 302
    assert Target.objects.get().quintile == 5
    new = {"code": "otra", "name": "Otra", "begins_on": "2026-01-01"}
    assert ministry.post("/progress/new/", new).status_code == 302


def test_figures_are_made_anew_when_the_register_changes(client, sites, people, programme, now, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + DAY)
    target(programme, "planned", now)
    first = client.get("/progress/red/").context["progress"][0]["progress"].value
    plan_sites(sites[:2], people, now)
    assert client.get("/progress/red/").context["progress"][0]["progress"].value == first + 2
    move([sites[0]], "unplan", people["ministry"], at=now + DAY, reason="x")
    assert client.get("/progress/red/").context["progress"][0]["progress"].value == first + 1


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/progress/definitions/", {"within_days": 10**9}),
        ("/progress/definitions/", {"within_days": 0}),
        ("/progress/definitions/", {"within_days": 30, "min_mbps": "nan"}),
        ("/progress/definitions/", {"within_days": 30, "min_mbps": -1}),
        ("/progress/new/", {"code": "new"}),
        ("/progress/new/", {"code": "definitions"}),
        ("/progress/new/", {"begins_on": "0001-01-01"}),
        ("/progress/red/target/", {"due_on": "9999-12-31"}),
        ("/progress/red/target/", {"value": 0}),
        ("/progress/red/target/", {"value": 10**30}),
        ("/progress/red/target/", {"state_code": "99"}),
        ("/progress/red/target/", {"replaces": "7"}),
    ],
)
def test_what_no_page_could_show_is_refused(as_role, areas, programme, now, address, form):
    good = {
        "/progress/definitions/": {"code": "c", "words_es": "x", "words_en": "x", "least": "verified"},
        "/progress/new/": {"code": "otra", "name": "Otra", "begins_on": "2026-01-01"},
        "/progress/red/target/": {
            "definition": definition("installed", now).pk, "measure": "sites", "value": 1, "due_on": "2027-01-01",
        },
    }[address]  # fmt: skip
    ministry = as_role("ministry")
    assert ministry.post(address, {**good, **form}).status_code == 400
    assert ministry.post(address, good).status_code == 302


def test_a_version_of_a_definition_cannot_be_changed(now, db):
    made = definition("installed", now)
    made.words_es = "otra cosa"
    with pytest.raises(ValueError, match="never changed"):
        made.save()


def test_a_target_takes_the_place_of_another_which_stays_to_be_read(as_role, areas, programme, now):
    old = target(programme, "installed", now)
    form = {"definition": old.definition_id, "measure": "sites", "value": 5, "due_on": "2027-12-31", "replaces": old.pk}
    assert as_role("ministry").post("/progress/red/target/", form).status_code == 302
    old.refresh_from_db()
    assert old.replaced_on == Target.objects.get(value=5).set_on
    by = [one.history_user for one in old.history.all()]
    assert str(by[0].email) == "ministry@example.org"
    assert list(programme.targets.filter(replaced_on=None).values_list("value", flat=True)) == [5]


def test_nobody_is_forecast_who_is_not_there(delivered, programme, now):
    ground = Ground.read(with_people=True)
    assert most(target(programme, "installed", now), ground) == 6
    assert (
        most(target(programme, "installed", now, within_days=None, measure="people", state_code="20"), ground) == 1000
    )
    days = month_ends(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    ahead = forecast(days, [100 * one for one in range(len(days))], dt.date(2030, 1, 1), most=1500)
    assert (ahead.low, ahead.high) == (1500, 1500)


def test_states_and_phases_are_told_as_of_any_day(delivered, client, now):
    Site.history.update(history_date=now)
    day = (now + 25 * DAY).date()
    counted = kept_states(day)
    assert counted == {
        ("20", "contracted"): 1,
        ("20", "installed"): 2,
        ("20", "registered"): 1,
        ("21", "registered"): 2,
    }
    phases = {one.name: one for one in dashboard.pipeline(counted, day)}
    assert (phases["deployment"].sites, phases["deployment"].came, phases["deployment"].went) == (2, 2, 0)
    assert sum(one.came for one in phases.values()) == sum(one.went for one in phases.values())
    later = (now + 40 * DAY).date()
    assert kept_states(later) == dashboard.counted_now()
    page = client.get("/progress/", {"as_of": day.isoformat()}, headers={"accept-language": "en"}).content.decode()
    assert "What is late" not in page


def test_a_site_counts_on_no_day_before_it_came(delivered, sites, now):
    day = (now + 25 * DAY).date()
    Site.history.update(history_date=now)
    before = kept_states(day)
    Site.history.filter(id__in=[sites[4].pk, delivered[0].site_id]).update(history_date=now + 30 * DAY)
    kept._results.clear()
    # One that had been led on by then was there, whatever its history says.
    assert kept_states(day) == {**before, ("21", "registered"): 1}
    assert kept_states((now + 30 * DAY).date())["21", "registered"] == 2


def test_each_figure_of_a_state_leads_to_a_list_that_is_as_long(delivered, client, now):
    page = client.get("/progress/")
    row, everything, claimed, proven = page.context["states"][0]
    for href, figure in ((everything, row.sites), (claimed, row.claimed), (proven, row.proven)):
        shown = client.get(href, headers={"accept-language": "en"})
        assert re.search(rf"\b{figure} sites?\b", shown.content.decode()), href


def test_what_takes_long_is_made_once_in_a_while(sites, people, programme, now, monkeypatch):
    made = []
    monkeypatch.setattr(kept, "QUICK_S", -1.0)
    monkeypatch.setattr(kept, "PATIENCE", 1e9)
    key = ("slow", programme.pk)
    assert kept._kept(key, lambda: made.append(1) or time.sleep(0.001)) is None
    plan_sites(sites[:1], people, now)
    kept._kept(key, lambda: made.append(2))
    assert made == [1]


def test_figures_are_read_aloud_and_ids_are_unique(client, delivered, programme, now):
    target(programme, "installed", now)
    load_example(now)
    for address in ("/progress/", "/progress/red/", "/progress/mexico-conectado/"):
        page = client.get(address).content.decode()
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids)), address
        assert page.count("<svg") == page.count('role="img"') == page.count("<title id=")


def test_a_past_day_is_shown_with_what_was_promised_and_planned_then(sites, people, programme, now):
    old = target(programme, "installed", now)
    Target.objects.filter(pk=old.pk).update(replaced_on=dt.date(2026, 4, 1))
    new = target(programme, "verified", now)
    Target.objects.filter(pk=new.pk).update(set_on=dt.date(2026, 4, 1))
    shown = {day: [one.target for one in kept_progress(programme, dt.date(*day))]
             for day in ((2025, 12, 31), (2026, 1, 1), (2026, 3, 31), (2026, 4, 1))}  # fmt: skip
    assert list(shown.values()) == [[], [old], [old], [new]]
    plan_sites(sites[:1], people, now)
    Plan.objects.create(
        title="Later", digest="1" * 64, currency="USD", cost=1, lower_bound=1, plan_gap=0.0,
        imported_by=people["ministry"], imported_at=now + 60 * DAY,
    )  # fmt: skip
    assert dashboard.money(now.date() - DAY) == []
    assert [(one.currency, one.planned_capex) for one in dashboard.money((now + 10 * DAY).date())] == [("MXN", 60)]
    assert [(one.currency, one.planned_capex) for one in dashboard.money((now + 60 * DAY).date())] == [("USD", 0)]


def test_what_is_planned_is_told_by_the_newest_plan_of_each_pack(sites, people, now):
    def planned(title, pack, days, capex):
        plan = Plan.objects.create(
            title=title, digest=title, currency="MXN", cost=1, lower_bound=1, plan_gap=0,
            summary={"pack": {"name": pack}}, imported_by=people["ministry"], imported_at=now + days * DAY,
        )  # fmt: skip
        PlannedSite.objects.create(
            plan=plan, site=sites[0], technology="fibre", cost_share=1, capex_share=capex, opex_year_share=1, mbps=20
        )

    planned("old", "oaxaca", 0, 100)
    planned("new", "oaxaca", 2, 30)
    planned("other", "puebla", 1, 7)
    assert [one.planned_capex for one in dashboard.money((now + DAY).date())] == [107]
    assert [one.planned_capex for one in dashboard.money((now + 2 * DAY).date())] == [37]


def test_amounts_of_different_currencies_are_never_added_up(as_role, sites, people, now):
    plan_sites(sites[:2], people, now)
    contract = award_lot(sites[:1], people, now)
    other = award_lot(sites[1:2], people, now, code="lot-2")
    Contract.objects.filter(pk=other.pk).update(currency="USD", amount=7)
    Payment.objects.create(
        contract=other, amount=5, paid_on=now.date() + 20 * DAY, document="1", recorded_by=people["ministry"]
    )
    found = {one.currency: one for one in dashboard.money(now.date() + 30 * DAY)}
    assert list(found) == ["MXN", "USD"]
    assert (found["MXN"].contracted, found["MXN"].paid) == (contract.amount, 0)
    assert (found["USD"].contracted, found["USD"].paid, found["USD"].planned_capex) == (7, 5, 0)


def test_who_finds_the_office_counting_is_shown_what_was_counted_before(sites, people, programme, now):
    key, made = ("figure",), []
    assert kept._kept(key, lambda: made.append(1) or "old") == "old"
    plan_sites(sites[:1], people, now)
    with kept._making:
        assert kept._kept(key, lambda: made.append(2) or "new") == "old"
        with pytest.raises(Busy):
            kept._kept(("another",), lambda: made.append(3), lambda: None)
    assert kept._kept(key, lambda: made.append(4) or "new") == "new"
    assert made == [1, 4]


def test_an_anonymous_visitor_cannot_have_every_past_day_counted(client, as_role, programme, now, settings):
    settings.PAST_DAYS_PER_HOUR = 2
    target(programme, "installed", now)
    days = [(timezone.localdate() - one * DAY).isoformat() for one in (1, 2, 3)]
    assert [client.get("/progress/", {"as_of": day}).status_code for day in days] == [200, 200, 429]
    # What is known costs nothing and is shown again.
    assert client.get("/progress/", {"as_of": days[0]}).status_code == 200
    assert client.get("/progress/").status_code == 200
    assert as_role("auditor").get("/progress/", {"as_of": days[2]}).status_code == 200


def test_a_page_of_progress_asks_no_more_for_more_targets(
    client, delivered, programme, now, django_assert_max_num_queries
):
    first = target(programme, "installed", now, state_code="20")
    for _ in range(4):
        first.pk = None
        first.save()
    for address, ceiling in CEILINGS.items():
        kept._results.clear()
        with django_assert_max_num_queries(ceiling):
            assert client.get(address).status_code == 200


@pytest.mark.parametrize("taken", [[], [100.0], [100.0, 110.0], [90.0, 117.0, 134.0]])
def test_words_of_a_chart_cover_no_others(taken):
    at = charts._clear_of(taken, 104.0)
    assert all(abs(at - one) >= charts.LABEL_HEIGHT - 0.01 for one in taken)
    assert abs(at - 104) <= charts.LABEL_HEIGHT * (len(taken) + 1)
    assert charts._clear_of(taken, 500.0) == 500.0


def test_money_that_is_contracted_comes_first_and_zeros_are_left_out(as_role, delivered, people, now):
    plan = Plan.objects.create(
        title="Otra moneda", digest="e" * 64, currency="XTS", cost=1, lower_bound=1, plan_gap=0,
        imported_by=people["ministry"], imported_at=now,
    )  # fmt: skip
    PlannedSite.objects.create(
        plan=plan, site=Site.objects.first(), technology="fibre", cost_share=9, capex_share=9, opex_year_share=1, mbps=9
    )
    page = as_role("ministry").get("/progress/").content.decode()
    assert page.index("MXN") < page.index("XTS")
    assert not re.search(r">0 XTS", page)
