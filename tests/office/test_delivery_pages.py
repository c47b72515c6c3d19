"""The pages of the five phases, as every role sees them."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.office.delivering import DAY, award_lot, install, lines_for, picture, plan_sites, publish_lot

from alcance.office.accounts.permissions import may
from alcance.office.delivery.deeds import bids, connections, lots, nominations
from alcance.office.delivery.models import Bid, Connection, Contract, Inspection, Lot, Nomination
from alcance.office.register.models import Site

pytestmark = pytest.mark.usefixtures("in_english")

SECRET = "4321.09"


def test_a_committee_nominates_and_the_ministry_approves_on_pages(as_role, sites):
    committee = as_role("committee")
    assert "Escuela 1" in committee.get("/nominations/new/?q=escuela").content.decode()
    answer = committee.post("/nominations/new/", {"site": [sites[0].pk, sites[1].pk], "reason": "poorest"})
    assert answer.status_code == 302
    # Sites of another state are not nominated, whoever asks.
    assert committee.post("/nominations/new/", {"site": [sites[4].pk]}).status_code == 400
    first, second = Nomination.objects.order_by("rank")
    order = {"deed": "rank", "seen": f"{first.pk},{second.pk}", f"rank-{first.pk}": 2, f"rank-{second.pk}": 1}
    assert committee.post("/nominations/", order).status_code == 302
    assert committee.post("/nominations/", {"deed": "approve", "nomination": [first.pk]}).status_code == 403
    ministry = as_role("ministry")
    page = ministry.get("/nominations/?state=20").content.decode()
    assert page.index("Escuela 2") < page.index("Escuela 1")
    assert (
        ministry.post("/nominations/", {"deed": "approve", "state": "20", "nomination": [first.pk]}).status_code == 302
    )
    assert Site.objects.get(pk=first.site_id).state == "approved"


def test_a_long_list_is_ranked_page_by_page(as_role, sites, people, now, monkeypatch):
    monkeypatch.setattr("alcance.office.delivery.views.nominations.NOMINATIONS_PER_PAGE", 2)
    made = nominations.nominate(sites[:4], people["committee"], at=now)
    committee = as_role("committee")
    first = committee.get("/nominations/").content.decode()
    assert "Escuela 2" in first
    assert "Escuela 3" not in first
    after = first.split("after=")[1].split('"')[0]
    second = committee.get(f"/nominations/?after={after}").content.decode()
    assert "Escuela 4" in second
    keys = [one.pk for one in made]
    order = {
        "deed": "rank",
        "after": after,
        "seen": ",".join(map(str, keys)),
        f"rank-{keys[2]}": 3,
        f"rank-{keys[3]}": 1,
    }
    assert f"after={after}" in committee.post("/nominations/", order)["Location"]
    assert [one.pk for one in nominations.open_nominations("20")] == [keys[3], *keys[:3]]
    assert committee.get("/nominations/?after=x").status_code == 400


def test_connections_are_ordered_together(as_role, sites, people, now, django_assert_max_num_queries):
    plan_sites(sites[:3], people, now)
    award_lot(sites[:3], people, now)
    chosen = {"connection": list(Connection.objects.values_list("pk", flat=True))}
    assert as_role("provider").post("/connections/order/", chosen).status_code == 403
    ministry = as_role("ministry")
    assert 'name="connection"' in ministry.get("/connections/?state=contracted").content.decode()
    with django_assert_max_num_queries(18):
        shown = "/connections/?state=contracted&lot=lot-1"
        answer = ministry.post("/connections/order/", chosen, headers={"referer": f"http://testserver{shown}"})
    assert answer["Location"] == shown, "a list with other lots in it would invite to order those"
    assert set(Connection.objects.values_list("site__state", flat=True)) == {"ordered"}
    assert Connection.objects.first().history.latest("history_id").history_user == people["ministry"]
    assert ministry.post("/connections/order/", chosen).status_code == 400
    assert ministry.post("/connections/order/", {}).status_code == 400


def test_scores_are_for_who_judges_until_the_award_and_then_for_all(as_role, client, sites, people, now):
    plan_sites(sites[:1], people, now)
    lot = publish_lot(sites[:1], people, now)
    best = bids.submit(lot, lines_for(sites[:1], install=SECRET), people["provider"], at=now)
    bids.submit(lot, lines_for(sites[:1], install=9000), people["provider2"], at=now)
    lots.open_bids(lot, people["ministry"], at=now + 11 * DAY)

    def sees(role):
        client.logout()
        browser = as_role(role) if role else client
        return "100.00" in browser.get("/lots/lot-1/").content.decode()

    everybody = ("ministry", "auditor", "committee", "provider", "provider2", None)
    assert [sees(role) for role in everybody] == [True, True, False, False, False, False]
    lots.award(lot, best, people["ministry"], at=now + 12 * DAY, code="c", deliver_by=(now + 90 * DAY).date())
    assert all(sees(role) for role in everybody)


def test_nobody_reads_a_bid_before_its_time(as_role, client, sites, people, now):
    plan_sites(sites[:2], people, now)
    lot = publish_lot(sites[:2], people, now)
    bids.submit(lot, lines_for(sites[:2], install=SECRET), people["provider"], at=now + DAY)
    addresses = [
        "/lots/", "/lots/lot-1/", "/lots/lot-1/ocds.json", "/lots/ocds.json", "/lots/lot-1/bid/",
        "/lots/lot-1/bid/lines.csv", "/connections/",
    ]  # fmt: skip
    for role in ("ministry", "committee", "institution", "provider2", "association", "auditor", None):
        browser = as_role(role) if role else client
        if role is None:
            client.logout()
        for address in addresses:
            assert SECRET not in browser.get(address).getvalue().decode(), (role, address)
    own = as_role("provider")
    assert SECRET in own.get("/lots/lot-1/bid/lines.csv").content.decode()


def test_a_bid_comes_by_form_and_by_file(as_role, sites, people, now, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + DAY)
    plan_sites(sites[:2], people, now)
    publish_lot(sites[:2], people, now)
    provider = as_role("provider")
    rows = {}
    for site in sites[:2]:
        rows |= {
            f"install_price-{site.pk}": "1000.50", f"month_price-{site.pk}": "99", f"mbps-{site.pk}": "25",
            f"technology-{site.pk}": "ptp",
        }  # fmt: skip
    assert provider.post("/lots/lot-1/bid/", rows).status_code == 302
    bid = Bid.objects.get()
    assert bid.lines.count() == 2
    file = provider.get("/lots/lot-1/bid/lines.csv").content.replace(b"1000.50", b"900.00")
    upload = {"file": SimpleUploadedFile("bid.csv", file), "version": bid.version}
    assert provider.post("/lots/lot-1/bid/", upload).status_code == 302
    assert {str(line.install_price) for line in Bid.objects.get().lines.all()} == {"900.00"}
    broken = {"file": SimpleUploadedFile("bid.csv", b"key,install_price\nA,1")}
    answer = provider.post("/lots/lot-1/bid/", broken)
    assert answer.status_code == 400
    assert "month_price" in answer.content.decode()
    assert provider.post("/lots/lot-1/bid/", {"file": SimpleUploadedFile("b.csv", b"\xff\xfe")}).status_code == 400
    assert as_role("ministry").get("/lots/lot-1/bid/").status_code == 403


def test_a_tender_on_pages_from_draft_to_award(as_role, sites, people, now, monkeypatch):
    plan_sites(sites[:2], people, now)
    clock = [now]
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock[0])
    ministry = as_role("ministry")
    draft = {"code": "valle", "title": "Valle", "months": 24, "cost_weight": "0.6"}
    assert ministry.post("/lots/new/", draft).status_code == 302
    as_role("provider")
    assert ministry.get("/lots/valle/").status_code == 403
    ministry = as_role("ministry")
    dates = {"questions_until": "2026-03-05T12:00", "bids_until": "2026-03-09T12:00"}
    assert ministry.post("/lots/valle/publish/", dates).status_code == 302
    provider = as_role("provider")
    assert provider.post("/lots/valle/ask/", {"text": "Is there power?"}).status_code == 302
    question = Lot.objects.get().questions.get()
    ministry = as_role("ministry")
    assert ministry.post("/lots/valle/answer/", {"question": question.pk, "text": "Yes."}).status_code == 302
    page = as_role("provider2").get("/lots/valle/").content.decode()
    assert "Is there power?" in page
    assert "Yes." in page
    bid = bids.submit(Lot.objects.get(), lines_for(sites[:2]), people["provider"], at=now + DAY)
    clock[0] = now + 20 * DAY
    ministry = as_role("ministry")
    assert ministry.post("/lots/valle/open/").status_code == 302
    award = {"bid": bid.pk, "code": "valle-c", "deliver_by": "2026-09-01"}
    assert ministry.post("/lots/valle/award/", award).status_code == 302
    assert ministry.post("/lots/valle/award/", award).status_code == 400
    assert "valle-c" in ministry.get("/contracts/valle-c/").content.decode()
    payment = {"amount": "100.00", "paid_on": "2026-03-22", "document": "F-1"}
    assert ministry.post("/contracts/valle-c/", payment).status_code == 302
    assert ministry.post("/contracts/valle-c/", payment).status_code == 400
    assert as_role("provider2").post("/contracts/valle-c/", payment).status_code == 403
    paid = Lot.objects.get().contract.payments.get()
    correction = {"amount": "10.00", "reason": "a zero too many"}
    assert as_role("provider").post(f"/contracts/valle-c/payments/{paid.pk}/", correction).status_code == 403
    assert as_role("ministry").post(f"/contracts/valle-c/payments/{paid.pk}/", correction).status_code == 302
    assert "a zero too many" in as_role("ministry").get("/contracts/valle-c/").content.decode()
    assert "F-1" not in as_role("provider2").get("/contracts/valle-c/").content.decode()
    assert "F-1" in as_role("provider").get("/contracts/valle-c/").content.decode()


def test_a_connection_on_pages(as_role, sites, people, now, monkeypatch):
    plan_sites(sites[:1], people, now)
    award_lot(sites[:1], people, now)
    one = Connection.objects.get()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + 20 * DAY)
    at = f"/connections/{one.pk}"

    def seen_now():
        return {"version": Site.objects.get(pk=one.site_id).version}

    old = seen_now()
    assert as_role("ministry").post(f"{at}/order/").status_code == 400
    assert as_role("ministry").post(f"{at}/order/", old).status_code == 302
    claim = {"installed_on": "2026-03-22", "technology": "ptmp", "mbps": "40", **seen_now()}
    photo = SimpleUploadedFile("p.jpg", picture(), "image/jpeg")
    assert as_role("provider2").post(f"{at}/install/", {**claim, "photo": photo}).status_code == 403
    provider = as_role("provider")
    svg = SimpleUploadedFile("p.jpg", b"<svg/>", "image/jpeg")
    assert provider.post(f"{at}/install/", {**claim, "photo": svg}).status_code == 400
    photo.seek(0)
    assert provider.post(f"{at}/install/", {**claim, "photo": photo}).status_code == 302
    committee = as_role("committee")
    page = committee.get(f"{at}/").content.decode()
    digest = page.split("/photos/")[1][:64]
    shown = committee.get(f"/photos/{digest}.jpg")
    assert shown["Content-Type"] == "image/jpeg"
    photo = SimpleUploadedFile("q.jpg", picture((66, 48)), "image/jpeg")
    looked = {"works": "yes", "down_mbps": "32", "photo": photo}
    # Nothing is said by leaving it out, and what brings something down works.
    assert committee.post(f"{at}/inspect/", {}).status_code == 400
    assert committee.post(f"{at}/inspect/", {"works": "no", "down_mbps": "45"}).status_code == 400
    assert not Inspection.objects.exists()
    assert committee.post(f"{at}/inspect/", looked).status_code == 302
    assert f"{at}/verify/" in committee.get(f"{at}/").content.decode()
    proof = {"inspection": Inspection.objects.get().pk, **seen_now()}
    assert as_role("committee2").post(f"{at}/verify/", proof).status_code == 403
    # Who looked at an older claim decides nothing about this one.
    assert as_role("committee").post(f"{at}/reject/", {"reason": "no mast", **old}).status_code == 400
    assert as_role("committee").post(f"{at}/verify/", proof).status_code == 302
    assert as_role("ministry").post(f"{at}/operate/", seen_now()).status_code == 302
    assert Site.objects.get(pk=one.site_id).state == "operating"
    assert f"{at}/renew/" in as_role("ministry").get(f"{at}/").content.decode()
    relocation = {"key": sites[1].key, "reason": "moved", **seen_now()}
    assert as_role("ministry").post(f"{at}/relocate/", {**relocation, "key": "none"}).status_code == 400
    assert as_role("ministry").post(f"{at}/relocate/", relocation).status_code == 302
    assert Connection.objects.count() == 2


@pytest.mark.parametrize("role", ["ministry", "committee", "provider"])
def test_who_acts_on_connections_finds_them(as_role, sites, people, now, role):
    plan_sites(sites[:2], people, now)
    award_lot(sites[:2], people, now)
    page = as_role(role).get("/connections/", headers={"accept-language": "en"}).content.decode()
    assert '<a href="/connections/"' in page
    assert '<option value="contracted"' in page
    # Who orders is led to what is to be ordered.
    assert ("2 contracted connections are to be ordered" in page) == (role == "ministry")


def test_a_contract_is_shown_to_the_cent_and_the_end_of_a_connection_in_full_words(as_role, sites, people, now):
    plan_sites(sites[:1], people, now)
    contract = award_lot(sites[:1], people, now)
    Contract.objects.update(amount=Decimal("1000.50"))
    connections.rescind(contract.connections.get(), people["ministry"], at=now + 20 * DAY, reason="never delivered")
    page = as_role("ministry").get(f"/contracts/{contract.code}/", headers={"accept-language": "es"}).content.decode()
    assert re.search(r"1\s000\.50\sMXN", page)
    assert "<td>terminada</td>" in page


def test_a_provider_lists_its_own_connections_only(as_role, sites, people, now):
    plan_sites(sites[:1], people, now)
    award_lot(sites[:1], people, now)
    assert "Escuela 1" in as_role("provider").get("/connections/").content.decode()
    assert "Escuela 1" not in as_role("provider2").get("/connections/").content.decode()


def test_sites_are_found_by_every_word_whatever_accents_and_capitals(as_role, sites):
    Site.objects.filter(pk=sites[0].pk).update(name="Escuela Primaria Benito JUÁREZ")
    for query in ("juarez escuela", "Juárez", "20dpr0001", "20DPR0001A benito"):
        for role, path in (("committee", "/nominations/new/"), ("ministry", "/register/"), ("ministry", "/sites/")):
            page = as_role(role).get(path, {"q": query}).content.decode()
            assert ("20DPR0001A" in page, "20DPR0002A" in page) == (True, False), (query, path)


def test_the_list_of_connections_is_by_the_table_of_permissions(client, as_role, sites, people, now):
    plan_sites(sites[:2], people, now)
    Site.objects.filter(pk=sites[1].pk).update(host=people["institution2"].organisation)
    connections = {one.site_id: one for one in award_lot(sites[:2], people, now).connections.all()}

    def listed(response):
        return [one.site_id for one in response.context["page"].rows]

    every = [sites[0].pk, sites[1].pk]
    assert listed(client.get("/connections/")) == every
    for role, rows in {
        "ministry": every, "auditor": every, "association": every, "committee": every, "committee2": [],
        "provider": every, "provider2": [], "institution": every[:1], "institution2": every[1:],
    }.items():  # fmt: skip
        assert listed(as_role(role).get("/connections/")) == rows, role
        allowed = [pk for pk in every if may(people[role], "connection", "list", connections[pk])]
        assert rows == allowed, role


def test_pages_answer_strange_questions_clearly(as_role, sites):
    ministry = as_role("ministry")
    for address in (
        "/plans/999/", "/lots/none/", "/connections/999/", "/contracts/none/", "/photos/" + "0" * 64 + ".jpg",
    ):  # fmt: skip
        assert ministry.get(address).status_code == 404, address
    for address in (
        "/connections/?after=%00", "/connections/?after=bm9uZQ", "/connections/?state=%00&lot=%00",
        "/nominations/?state=%00", "/lots/new/?municipality=%00",
    ):  # fmt: skip
        assert ministry.get(address).status_code in (200, 400), address
    assert as_role("committee").get("/nominations/new/?q=%00%27").status_code == 200


def test_deliveries_are_listed_by_state_and_lateness(as_role, sites, people, now, monkeypatch):
    plan_sites(sites[:2], people, now)
    contract = award_lot(sites[:2], people, now)
    install(contract.connections.order_by("pk").first(), people, now + 20 * DAY)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: (now + 300 * DAY).date())
    late = as_role("ministry").get("/connections/?late=1").content.decode()
    assert "Escuela 2" in late
    assert "Escuela 1" not in late
    ordered = as_role("ministry").get("/connections/?state=installed").content.decode()
    assert "Escuela 1" in ordered
    assert "Escuela 2" not in ordered


def test_deadlines_say_their_time_zone_and_the_answer_is_a_verb(as_role, sites, people, now, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + DAY)
    plan_sites(sites[:2], people, now)
    lot = publish_lot(sites[:1], people, now)
    lots.ask(lot, "Is there power?", people["provider"], at=now)
    lots.draft_lot("lot-2", "Two", sites[1:2], people["ministry"], months=12, cost_weight=Decimal("0.7"))
    spanish = {"accept-language": "es"}
    assert "CST</dd>" in as_role("provider").get("/lots/lot-1/", headers=spanish).content.decode()
    assert re.search(r"\d\d:00 CST", as_role("provider").get("/lots/lot-1/bid/", headers=spanish).content.decode())
    assert "America/Mexico City" in as_role("ministry").get("/lots/lot-2/", headers=spanish).content.decode()
    assert "<button>Responder</button>" in as_role("ministry").get("/lots/lot-1/", headers=spanish).content.decode()


def test_a_contract_is_reached_from_the_public_pages_that_name_it(client, sites, people, now):
    plan_sites(sites[:1], people, now)
    contract = award_lot(sites[:1], people, now)
    for page in (f"/sites/{sites[0].pk}/", f"/providers/{contract.provider.code}/"):
        assert f'<a href="/contracts/{contract.code}/">' in client.get(page).content.decode(), page
    assert client.get(f"/contracts/{contract.code}/").status_code == 200


def test_a_lot_is_made_of_the_sites_that_are_chosen(as_role, sites, people, now):
    plan_sites(sites[:4], people, now)
    ministry = as_role("ministry")
    about = {"title": "Valle", "months": "12", "cost_weight": "0.7"}
    page = ministry.get("/lots/new/", {"municipality": ["20001", "21001"]}).content.decode()
    assert page.count('type="checkbox" name="site"') == 4
    boxes = {"shown": [site.pk for site in sites[:4]], "site": [sites[0].pk, sites[2].pk]}
    assert ministry.post("/lots/new/", about | boxes | {"code": "boxes"}).status_code == 302
    assert [line.site for line in Lot.objects.get(code="boxes").lines.all()] == [sites[0], sites[2]]
    wrong = ministry.post("/lots/new/", about | {"code": "keys", "keys": f"{sites[1].key}\n{sites[0].key}"})
    assert wrong.status_code == 400
    assert sites[0].key in wrong.content.decode()
    keys = f" {sites[1].key.lower()}\r\n{sites[1].key};\t{sites[3].key}\r\n"
    assert ministry.post("/lots/new/", about | {"code": "keys", "keys": keys}).status_code == 302
    assert [line.site for line in Lot.objects.get(code="keys").lines.all()] == [sites[1], sites[3]]
    assert not Lot.objects.exclude(code__in=("boxes", "keys")).exists()
