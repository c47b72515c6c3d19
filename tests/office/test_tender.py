"""Nominations, lots, bids and their scores."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.office.delivering import DAY, award_lot, lines_for, plan_sites, publish_lot
from tests.office.judges import judge

from alcance.errors import AlcanceError, InputError
from alcance.office.accounts.refusals import NotAllowed, Refused
from alcance.office.delivery.deeds import bids, connections, lots, nominations, payments
from alcance.office.delivery.life import move
from alcance.office.delivery.models import BidLine, Connection, Lot, LotState
from alcance.office.delivery.scoring import Offer, score
from alcance.office.register.models import Site

pytestmark = pytest.mark.usefixtures("in_english")

STANDARD = Path(__file__).parents[1] / "data" / "ocds" / "standard-1.1.5.zip"


def test_ranks_have_no_holes_whatever_happens(sites, people, now):
    made = nominations.nominate(sites[:4], people["committee"], at=now)
    assert [one.rank for one in nominations.open_nominations("20")] == [1, 2, 3, 4]
    seen = [one.pk for one in made]
    nominations.rank("20", {made[3].pk: 1}, people["committee"], seen=seen)
    assert [one.pk for one in nominations.open_nominations("20")] == [made[3].pk, *seen[:3]]
    nominations.close("withdraw", [made[0]], people["committee"], at=now, reason="a mistake")
    assert [one.rank for one in nominations.open_nominations("20")] == [1, 2, 3]


def test_an_order_that_changed_meanwhile_is_not_overwritten(sites, people, now):
    made = nominations.nominate(sites[:2], people["committee"], at=now)
    seen = [one.pk for one in made]
    nominations.nominate(sites[2:3], people["committee"], at=now)
    with pytest.raises(Refused, match="meanwhile"):
        nominations.rank("20", {made[1].pk: 1}, people["committee"], seen=seen)


def test_a_nomination_is_decided_once(sites, people, now):
    made = nominations.nominate(sites[:1], people["committee"], at=now)
    stale = list(nominations.open_nominations("20"))
    nominations.close("approve", list(nominations.open_nominations("20")), people["ministry"], at=now)
    with pytest.raises(AlcanceError):
        nominations.close("refuse", stale, people["ministry"], at=now, reason="no")
    assert Site.objects.get(pk=made[0].site_id).state == "approved"


def test_a_lot_takes_planned_sites_once(sites, people, now):
    with pytest.raises(Refused, match="planned"):
        lots.draft_lot("a", "A", sites[:1], people["ministry"], months=12, cost_weight=Decimal("0.7"))
    plan_sites(sites[:2], people, now)
    lots.draft_lot("a", "A", sites[:2], people["ministry"], months=12, cost_weight=Decimal("0.7"))
    with pytest.raises(Refused, match="stands in the lot a"):
        lots.draft_lot("b", "B", sites[1:2], people["ministry"], months=12, cost_weight=Decimal("0.7"))


def test_bids_stay_sealed_until_they_are_opened(sites, people, now):
    plan_sites(sites[:2], people, now)
    lot = publish_lot(sites[:2], people, now)
    bids.submit(lot, lines_for(sites[:2]), people["provider"], at=now + DAY)
    with pytest.raises(Refused, match="sealed"):
        lots.scores_of(lot)
    with pytest.raises(Refused, match="sealed"):
        lots.open_bids(lot, people["ministry"], at=now + 9 * DAY)
    with pytest.raises(Refused, match="last day"):
        bids.submit(lot, lines_for(sites[:2]), people["provider2"], at=now + 11 * DAY)
    with pytest.raises(NotAllowed):
        lots.open_bids(lot, people["committee"], at=now + 11 * DAY)
    lots.open_bids(lot, people["ministry"], at=now + 11 * DAY)
    assert [one.rank for one in lots.scores_of(lot)] == [1]


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("role", ["provider2", "institution", "committee", None])
def test_no_page_nor_open_data_tell_a_bid_to_others(sites, people, now, client, role, opened):
    rival = people["provider"].organisation
    rival.name = "Redes Zapotecas"
    rival.save()
    plan_sites(sites[:2], people, now)
    lot = publish_lot(sites[:2], people, now)
    bids.submit(lot, lines_for(sites[:2], install=7654321), people["provider"], at=now)
    bids.submit(lot, lines_for(sites[:2], install=11), people["provider2"], at=now)
    if opened:
        lots.open_bids(lot, people["ministry"], at=now + 11 * DAY)
    if role is not None:
        client.force_login(people[role], backend="allauth.account.auth_backends.AuthenticationBackend")
    page = f"/lots/{lot.code}/"
    told = ["bid/", "bid/lines.csv", "", "ocds.json"]
    paths = [f"{page}{part}" for part in told] + ["/lots/", "/lots/ocds.json", "/jobs/"]
    paths += [f"/api/lots{part}" for part in ("", f"/{lot.code}", f"/{lot.code}/sites", f"/{lot.code}/questions")]
    for path in paths:
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"7654321" not in re.sub(rb"[^0-9]", b"", body), path
        assert b"Redes Zapotecas" not in body, path


def test_a_bid_is_replaced_and_taken_back(sites, people, now):
    plan_sites(sites[:2], people, now)
    lot = publish_lot(sites[:2], people, now)
    first = bids.submit(lot, lines_for(sites[:2], install=5), people["provider"], at=now)
    assert first.version == 1
    bids.submit(lot, lines_for(sites[:2], install=7), people["provider"], at=now, seen_version=first.version)
    with pytest.raises(Refused, match="meanwhile"):
        bids.submit(lot, lines_for(sites[:2], install=9), people["provider"], at=now, seen_version=first.version)
    assert {line.install_price for line in BidLine.objects.all()} == {Decimal(7)}
    bid = lot.bids.get()
    with pytest.raises(Refused, match="meanwhile"):
        bids.submit(lot, lines_for(sites[:2], install=9), people["provider"], at=now)
    with pytest.raises(Refused, match="meanwhile"):
        bids.withdraw(bid, people["provider"], at=now, seen_version=first.version)
    bids.withdraw(bid, people["provider"], at=now, seen_version=bid.version)
    with pytest.raises(NotAllowed):
        bids.withdraw(bid, people["provider2"], at=now, seen_version=bid.version)
    told = bid.history.order_by("history_date", "history_id")
    assert [(one.history_user, one.history_change_reason) for one in told] == [
        (people["provider"], ""), (people["provider"], ""), (people["provider"], ""),
    ]  # fmt: skip
    lots.open_bids(lot, people["ministry"], at=now + 11 * DAY)
    assert list(lots.scores_of(lot)) == []


def test_an_award_makes_contract_and_connections_at_once(sites, people, now):
    plan_sites(sites[:3], people, now)
    contract = award_lot(sites[:3], people, now)
    assert contract.amount == 3 * (1000 + 12 * 100)
    assert set(Site.objects.filter(pk__in=[one.pk for one in sites[:3]]).values_list("state", flat=True)) == {
        "contracted"
    }
    assert Connection.objects.filter(contract=contract, ended_on=None).count() == 3
    lot = Lot.objects.get()
    assert lot.state == LotState.AWARDED
    with pytest.raises(Refused):
        lots.award(
            lot, lot.bids.get(), people["ministry"], at=now + 13 * DAY, code="x", deliver_by=(now + 99 * DAY).date()
        )
    with pytest.raises(Refused, match="gone on meanwhile"):
        lots.cancel(lot, people["ministry"], at=now + 13 * DAY, reason="late")


def test_another_than_the_best_bid_needs_a_reason(sites, people, now):
    plan_sites(sites[:1], people, now)
    lot = publish_lot(sites[:1], people, now)
    bids.submit(lot, lines_for(sites[:1], install=100), people["provider"], at=now)
    dear = bids.submit(lot, lines_for(sites[:1], install=9000), people["provider2"], at=now)
    lots.open_bids(lot, people["ministry"], at=now + 11 * DAY)
    decide = {"at": now + 12 * DAY, "code": "c", "deliver_by": (now + 90 * DAY).date()}
    with pytest.raises(Refused, match="reason"):
        lots.award(lot, dear, people["ministry"], **decide)
    assert lots.award(lot, dear, people["ministry"], reason="the other has gone bankrupt", **decide).pk


def test_the_score_is_the_formula_of_the_page():
    wanted = {1: 10.0, 2: 20.0}
    offers = {
        7: {1: Offer(Decimal(100), 20.0), 2: Offer(Decimal(100), 20.0)},
        8: {1: Offer(Decimal(50), 10.0), 2: Offer(Decimal(50), 20.0)},
        9: {1: Offer(Decimal(1), 99.0)},
        10: {1: Offer(Decimal(1), 9.9), 2: Offer(Decimal(1), 99.0)},
    }
    best, second, incomplete, slow = score(wanted, offers, Decimal("0.70"))
    assert (best.bid, best.cost, best.quality, best.total) == (8, Decimal(100), Decimal(50), Decimal("85.00"))
    assert (second.bid, second.cost, second.quality, second.total) == (7, Decimal(50), Decimal(75), Decimal("57.50"))
    assert (incomplete.bid, incomplete.rank) == (9, None)
    assert "1 of 2" in incomplete.excluded
    assert "least speed at 1 of 2" in slow.excluded


@given(
    st.lists(st.tuples(st.integers(1, 10**6), st.floats(10, 200)), min_size=1, max_size=6),
    st.integers(0, 100),
)
def test_a_cheaper_and_faster_bid_is_never_behind(offered, weight):
    offers = {number: {1: Offer(Decimal(price), mbps)} for number, (price, mbps) in enumerate(offered)}
    ranked = score({1: 10.0}, offers, Decimal(weight) / 100)
    place = {one.bid: one.rank for one in ranked}
    for one, (price, mbps) in enumerate(offered):
        for other, (other_price, other_mbps) in enumerate(offered):
            if price < other_price and mbps >= other_mbps:
                assert place[one] < place[other]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("key,install_price\nA,1", "month_price"),
        ("key,install_price,month_price,mbps,technology\nA,-1,1,1,fibre", "install_price"),
        ("key,install_price,month_price,mbps,technology\nA,1,NaN,1,fibre", "month_price"),
        ("key,install_price,month_price,mbps,technology\nA,1,1,0,fibre", "mbps"),
        ("key,install_price,month_price,mbps,technology\nA,1,1,1e9,fibre", "mbps"),
        ("key,install_price,month_price,mbps,technology\nA,1,1,1,pigeons", "technology"),
        ("key,install_price,month_price,mbps,technology\nA,1,1,1,fibre\nA,1,1,1,fibre", "key"),
        ('key,install_price,month_price,mbps,technology\n=cmd,"1,500",1,1,fibre', "install_price"),
        ("key,install_price,month_price,mbps,technology\nA,1,1,1,existing", "technology"),
        ("key,install_price,month_price,mbps,technology\nA,1,1,1,", "technology"),
    ],
)
def test_a_bid_that_cannot_be_read_is_told_by_row_and_column(text, column):
    with pytest.raises(InputError) as caught:
        bids.read_lines(text, "bid.csv", most=10)
    assert column in [problem.column for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("800,5", "800.50"), ("800.5", "800.50"), ("1000000", "1000000.00"), ("1,000", "may be thousands"),
        ("1e400", "number in figures"), ("-1", "number in figures"), ("9" * 23, "at most 1,000,000,000,000"),
        ("", "is missing"),
    ],
)  # fmt: skip
def test_a_price_is_read_as_people_write_it_or_refused_for_the_right_reason(text, value):
    rows = f'{",".join(bids.COLUMNS)}\nA,"{text}",1,1,fibre'
    try:
        [line] = bids.read_lines(rows, "bid.csv", most=1)
        said = str(line.install_price)
    except InputError as error:
        [problem] = error.problems
        said = str(problem)
    assert value in said


def test_a_bid_that_would_be_excluded_is_refused_while_it_can_be_mended(sites, people, now, as_role, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + DAY)
    plan_sites(sites[:2], people, now)
    lot = publish_lot(sites[:2], people, now)
    with pytest.raises(Refused, match=f"nothing for {sites[1].key}"):
        bids.submit(lot, lines_for(sites[:1]), people["provider"], at=now + DAY)
    with pytest.raises(Refused, match=rf"less than the least speed at {sites[0].key} \(5 < 20 Mbit/s\)"):
        bids.submit(lot, lines_for(sites[:2], mbps=5.0), people["provider"], at=now + DAY)
    provider = as_role("provider")
    page = provider.get("/lots/lot-1/bid/").content.decode()
    assert "selected" not in page
    assert 'value="existing"' not in page
    row = {f"{name}-{site.pk}": "5" for site in sites[:2] for name in ("install_price", "month_price", "mbps")}
    untold = provider.post("/lots/lot-1/bid/", row, headers={"accept-language": "es"}).content.decode()
    assert f"<li>{sites[0].key}, Tecnología: falta</li>" in untold
    answer = provider.post("/lots/lot-1/bid/", row | {f"technology-{site.pk}": "ptp" for site in sites[:2]})
    # Said on the page of the bid, where what was typed still stands.
    assert answer.status_code == 400
    assert answer.content.decode().count('value="ptp" selected') == 2
    connections.retire(Site.objects.get(pk=sites[1].pk), people["ministry"], at=now + DAY, reason="burnt down")
    bids.submit(lot, lines_for(sites[:1]), people["provider"], at=now + DAY)


def test_more_than_was_contracted_is_paid_only_with_a_reason(sites, people, now):
    plan_sites(sites[:1], people, now)
    contract, ministry = award_lot(sites[:1], people, now), people["ministry"]
    paid = {"paid_on": (now + 20 * DAY).date(), "at": now + 20 * DAY}
    assert contract.amount == 2200
    payments.record(contract, ministry, amount=Decimal("2000.50"), document="F-1", **paid)
    with pytest.raises(Refused, match=r"199\.50 MXN of what was contracted are left"):
        payments.record(contract, ministry, amount=Decimal(9_999_999_999_999), document="F-2", **paid)
    last = payments.record(contract, ministry, amount=Decimal("199.50"), document="F-2", reason="because", **paid)
    assert last.reason == ""
    more = payments.record(contract, ministry, amount=Decimal(50), document="F-3", reason="stolen twice", **paid)
    assert more.history.get().history_change_reason == more.reason == "stolen twice"


def test_open_contracting_data_pass_the_standards_own_checker(sites, people, now, client, tmp_path):
    plan_sites(sites[:4], people, now)
    contract = award_lot(sites[:2], people, now)
    open_lot = publish_lot(sites[2:4], people, now, code="lot-2")
    question = lots.ask(open_lot, "Is there power?", people["provider"], at=now)
    lots.answer(question, "Yes, at every site.", people["ministry"], at=now + DAY)
    connections.retire(Site.objects.get(pk=sites[3].pk), people["ministry"], at=now + 2 * DAY, reason="burnt down")
    Site.objects.filter(pk=sites[0].pk).update(name="Escuela Nueva", changed_at=now + 99 * DAY)
    contract.payments.create(amount=10, paid_on=(now + 13 * DAY).date(), document="F-1", recorded_by=people["ministry"])
    told = client.get("/lots/ocds.json").getvalue()
    found = json.loads(told)
    assert [release["tag"] for release in found["releases"]] == [
        ["tender"], ["award", "contract"], ["implementation"], ["tender"], ["tenderUpdate"], ["tenderUpdate"],
    ]  # fmt: skip
    # Dated by the payment, not by what happened to a site later.
    assert found["releases"][2]["date"] == "2026-03-15T00:00:00Z"
    published, answered, withdrawn = (release["tender"] for release in found["releases"][3:])
    assert [len(one["items"]) for one in (published, withdrawn)] == [2, 1]
    assert "Yes, at every site." in answered["amendments"][0]["rationale"]
    assert "al menos" in published["items"][0]["description"]
    assert client.get("/lots/ocds.json").getvalue() == told
    file = tmp_path / "ocds.json"
    file.write_bytes(told)
    verdict = judge("libcoveocds", "--standard-zip", str(STANDARD), str(file))
    assert verdict.returncode == 0, verdict.stderr[-2000:]
    judged = json.loads(verdict.stdout)
    assert judged["validation_errors"] == []
    assert judged["all_additional_fields"] == []
    assert judged["additional_closed_codelist_values"] == {}


def test_a_nomination_moves_to_the_very_rank_that_is_asked_for(sites, people, now):
    made = nominations.nominate(sites[:4], people["committee"], at=now)
    first, second, third, fourth = (one.pk for one in made)

    def as_asked(moved, place):
        seen = list(nominations.open_nominations("20").values_list("pk", flat=True))
        wanted = {pk: number for number, pk in enumerate(seen, start=1)} | {moved: place}
        nominations.rank("20", wanted, people["committee"], seen=seen)
        return list(nominations.open_nominations("20").values_list("pk", flat=True))

    assert as_asked(fourth, 2) == [first, fourth, second, third]
    assert as_asked(first, 3) == [fourth, second, first, third]


def test_two_contracts_do_not_share_a_code(sites, people, now):
    plan_sites(sites[:2], people, now)
    award_lot(sites[:1], people, now, code="lot-1")
    lot = publish_lot(sites[1:2], people, now, code="lot-2")
    bid = bids.submit(lot, lines_for(sites[1:2]), people["provider"], at=now)
    lots.open_bids(lot, people["ministry"], at=now + 11 * DAY)
    with pytest.raises(Refused, match="contract of this code"):
        lots.award(lot, bid, people["ministry"], at=now + 12 * DAY, code="lot-1-c", deliver_by=(now + 90 * DAY).date())


def test_lines_of_a_bid_that_are_no_csv_or_no_speed_are_told():
    header = "key,install_price,month_price,mbps,technology\n"
    with pytest.raises(InputError):
        bids.read_lines(header + "A" * 200_000, "bid.csv", most=10)
    with pytest.raises(InputError):
        bids.read_lines(header + "A,1,1,1e-400,fibre", "bid.csv", most=10)


def test_a_nominated_site_that_is_retired_leaves_no_nomination_behind(sites, people, now):
    nominations.nominate(sites[:3], people["committee"], at=now)
    connections.retire(sites[0], people["ministry"], at=now, reason="burnt down")
    assert [one.rank for one in nominations.open_nominations("20")] == [1, 2]
    nominations.close("approve", list(nominations.open_nominations("20")), people["ministry"], at=now)
    move([sites[0]], "restore", people["ministry"], at=now, reason="built again")
    nominations.nominate(sites[:1], people["committee"], at=now)


def test_a_site_that_is_retired_while_it_is_tendered_is_left_out_of_the_award(sites, people, now):
    plan_sites(sites[:3], people, now)
    lot = publish_lot(sites[:3], people, now)
    bid = bids.submit(lot, lines_for(sites[:3]), people["provider"], at=now + DAY)
    connections.retire(Site.objects.get(pk=sites[0].pk), people["ministry"], at=now + 2 * DAY, reason="burnt down")
    other = bids.submit(lot, lines_for(sites[1:3], install=2000), people["provider2"], at=now + 3 * DAY)
    lots.open_bids(lot, people["ministry"], at=now + 11 * DAY)
    assert [(one.bid, one.price, one.excluded) for one in lots.scores_of(lot)] == [
        (bid.pk, Decimal(2 * (1000 + 12 * 100)), ""), (other.pk, Decimal(2 * (2000 + 12 * 100)), ""),
    ]  # fmt: skip
    contract = lots.award(lot, bid, people["ministry"], at=now + 12 * DAY, code="c", deliver_by=(now + 90 * DAY).date())
    assert contract.amount == 2 * (1000 + 12 * 100)
    assert contract.connections.count() == 2
    assert lot.lines.get(site=sites[0]).withdrawn_at == now + 2 * DAY


def test_a_site_that_left_an_open_lot_can_be_tendered_again(sites, people, now):
    plan_sites(sites[:2], people, now)
    publish_lot(sites[:2], people, now)
    connections.retire(sites[0], people["ministry"], at=now, reason="a mistake")
    Site.objects.filter(pk=sites[0].pk).update(state="planned")
    assert lots.draft_lot(
        "b", "B", [Site.objects.get(pk=sites[0].pk)], people["ministry"], months=12, cost_weight=Decimal("0.7")
    ).pk


def test_a_bid_of_endless_rows_is_told_at_once():
    header = "key,install_price,month_price,mbps,technology\n"
    with pytest.raises(InputError) as caught:
        bids.read_lines(header + "x\n" * 200_000, "bid.csv", most=10)
    assert len(caught.value.problems) == 100
    with pytest.raises(InputError, match="more rows"):
        bids.read_lines(header + "".join(f"{n},1,1,1,fibre\n" for n in range(11)), "bid.csv", most=10)


def test_a_key_that_looks_like_a_formula_goes_out_safe_and_comes_back(sites, people, now, as_role):
    Site.objects.filter(pk=sites[0].pk).update(key="=HYPERLINK(1)")
    planned = [Site.objects.get(pk=sites[0].pk)]
    plan_sites(planned, people, now)
    publish_lot(planned, people, now)
    told = as_role("provider").get("/lots/lot-1/bid/lines.csv").content.decode()
    assert "'=HYPERLINK(1)" in told
    [line] = bids.read_lines(told.replace(",,,,", ",1,1,1,fibre"), "bid.csv", most=1)
    assert line.key == "=HYPERLINK(1)"


def test_who_led_a_lot_on_and_why_is_kept(sites, people, now):
    plan_sites(sites[:1], people, now)
    lot = publish_lot(sites[:1], people, now)
    question = lots.ask(lot, "Is there power?", people["provider"], at=now)
    lots.answer(question, "Yes.", people["ministry"], at=now)
    with pytest.raises(Refused, match="answered already"):
        lots.answer(question, "No.", people["ministry"], at=now)
    lots.cancel(lot, people["ministry"], at=now, reason="a road is built")
    last = lot.history.latest("history_id")
    assert (last.state, last.history_user, last.history_change_reason) == (
        "cancelled", people["ministry"], "a road is built",
    )  # fmt: skip
    assert question.history.latest("history_id").history_user == people["ministry"]


def test_a_mistyped_payment_is_corrected_by_a_counter_entry(sites, people, now):
    plan_sites(sites[:1], people, now)
    contract, ministry = award_lot(sites[:1], people, now), people["ministry"]
    day = (now + 20 * DAY).date()
    paid = {"paid_on": day, "document": "F-1", "at": now + 20 * DAY}
    wrong = payments.record(contract, ministry, amount=Decimal("1000.00"), **paid)
    with pytest.raises(Refused, match="already"):
        payments.record(contract, ministry, amount=Decimal(1), **paid)
    with pytest.raises(Refused, match="future"):
        payments.record(contract, ministry, amount=Decimal(1), **{**paid, "document": "F-2", "paid_on": day + DAY})
    early = {**paid, "document": "F-2", "paid_on": contract.signed_on - DAY}
    with pytest.raises(Refused, match="before the contract"):
        payments.record(contract, ministry, amount=Decimal(1), **early)
    with pytest.raises(NotAllowed):
        payments.correct(wrong, people["provider"], amount=Decimal(1), at=now, reason="x")
    entry = payments.correct(wrong, ministry, amount=Decimal("100.00"), at=now + 30 * DAY, reason="a zero too many")
    assert (entry.amount, entry.corrects, entry.reason) == (Decimal("-900.00"), wrong, "a zero too many")
    with pytest.raises(Refused, match="already"):
        payments.correct(wrong, ministry, amount=Decimal("100.00"), at=now + 30 * DAY, reason="again")
    payments.correct(wrong, ministry, amount=Decimal(0), at=now + 31 * DAY, reason="never paid")
    assert sum(one.amount for one in contract.payments.all()) == 0
    assert contract.payments.get(pk=wrong.pk).amount == 1000


def test_sites_of_two_schemes_that_share_a_key_are_bid_for_one_by_one(sites, people, now, as_role):
    Site.objects.filter(pk=sites[1].pk).update(key=sites[0].key, key_scheme="alcance")
    plan_sites(sites[:3], people, now)
    lot = publish_lot(sites[:3], people, now)
    keys = bids.keys_of(lot)
    assert [keys[site.pk] for site in sites[:3]] == [f"cct:{sites[0].key}", f"alcance:{sites[0].key}", sites[2].key]
    file = as_role("provider").get("/lots/lot-1/bid/lines.csv").content.decode().splitlines()
    lines = [f"{line.split(',')[0]},{price},1,25,ptmp" for price, line in enumerate(file[1:], 1)]
    filled = "\n".join([file[0], *lines])
    bid = bids.submit(lot, bids.read_lines(filled, "x", most=3), people["provider"], at=now + DAY)
    assert {line.site_id: line.install_price for line in bid.lines.all()} == {
        site.pk: price for price, site in enumerate(sites[:3], 1)
    }  # fmt: skip
