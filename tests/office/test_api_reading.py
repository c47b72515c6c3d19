"""The API as it is read: rows, pages, conditions, who sees what, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.office.delivering import award_lot, install, plan_sites, publish_lot

from alcance.office.api.callers import forget_allowances
from alcance.office.api.keys import make_key
from alcance.office.api.models import KeyScope
from alcance.office.delivery.deeds import lots
from alcance.office.delivery.models import Plan
from alcance.office.register import deeds
from alcance.office.register.models import Site
from alcance.office.web.paging import write_token


@pytest.fixture(autouse=True)
def allowances():
    forget_allowances()


@pytest.fixture
def key_of(people, now):
    """The header of a key of a role."""

    def make(role, scope=KeyScope.WRITE):
        return {"Authorization": f"Bearer {make_key(people[role], 'tests', scope, at=now)[1]}"}

    return make


def read(client, path, status=200, **headers):
    answer = client.get(path, headers=headers)
    assert answer.status_code == status, answer.content
    return answer.json()


def assert_problem(answer, status):
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert {"type", "title", "detail"} <= set(told)
    return told


def test_a_site_by_its_number(client, sites):
    site = sites[0]
    told = read(client, f"/api/sites/{site.pk}")
    assert told["id"] == site.pk
    assert (told["key"], told["state"], told["state_code"], told["host_code"]) == (
        "20DPR0001A", "registered", "20", "institution",
    )  # fmt: skip
    assert (told["municipality"], told["state_name"], told["lon"]) == ("Municipio Oaxaca", "Oaxaca", site.lon)
    assert told["technology"] is None
    assert told["changed_at"].endswith("Z")
    assert "contact" not in told


def test_what_is_private_is_for_those_who_may_see_it(client, sites, key_of):
    Site.objects.update(contact="Ana, 951 000 0000")
    seen = {role: read(client, f"/api/sites/{sites[0].pk}", **key_of(role)).get("contact") for role in
            ("ministry", "committee", "committee2", "institution", "institution2", "provider", "auditor")}  # fmt: skip
    assert {role for role, contact in seen.items() if contact} == {"ministry", "committee", "institution", "auditor"}
    listed = read(client, "/api/sites", **key_of("committee"))["items"]
    assert {one["state_code"] for one in listed if "contact" in one} == {"20"}
    assert not any("contact" in one for one in read(client, "/api/sites")["items"])


def test_pages_follow_each_other_and_nothing_is_missing(client, sites):
    seen, address, links = [], "/api/sites?limit=2&kind=school", []
    while address:
        answer = client.get(address)
        page = answer.json()
        seen += [one["id"] for one in page["items"]]
        address = page["next"]
        links.append(answer.headers.get("Link"))
        assert links[-1] == (f'<{address}>; rel="next"' if address else None)
    assert seen == sorted(site.pk for site in sites)
    assert len(links) == 3


def test_filters_are_those_of_the_pages(client, sites, people, now):
    plan_sites(sites[:2], people, now)

    def count(query):
        return len(read(client, f"/api/sites?{query}")["items"])

    assert count("state=planned") == 2
    assert count("state=planned,registered") == 6
    assert count("state_code=21") == 2
    assert count("phase=planning&kind=school") == 2
    assert count("municipality_code=20001&need_quintile=4") == 4
    assert count("key=20dpr0001a") == 1
    assert count("q=escuela%205") == 1
    assert count("changed_since=2100-01-01T00:00:00Z") == 0
    assert count("changed_since=2000-01-01") == 6
    assert count("changed_since=0001-01-01T00:00:00%2B02:00") == count("changed_since=0000-01-01") == 6
    # Who keeps a copy hears of a site that is another now.
    Site.objects.filter(pk=sites[5].pk).update(merged_into=sites[4])
    assert (count("state_code=21"), count("state_code=21&changed_since=2000-01-01")) == (1, 2)


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=1001", "limit=x", "kind=castle", "state=gone", "stat=planned", "need_quintile=9",
     "changed_since=soon", "changed_since=0.5", "changed_since=2026-02-30", "changed_since=0000-02-30",
     "q=" + "x" * 101],
)  # fmt: skip
def test_what_no_filter_knows_is_refused(client, sites, query):
    assert_problem(client.get(f"/api/sites?{query}"), 422)


# No base64; no JSON; a list; null; half a character; a text, where a number is; too long; deep; a huge number.
TOKENS = (
    "x", "%22", "W10", "bnVsbA", "Ilx1ZDgwMCI", "ImFiYyI", "W" * 199, "W1tb" * 50, "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
)  # fmt: skip


@pytest.mark.parametrize("token", TOKENS)
def test_a_token_that_is_none_of_ours_is_refused(client, sites, token):
    assert_problem(client.get(f"/api/sites?after={token}"), 400)


def test_no_text_in_a_token_reaches_the_database_that_it_would_choke_on(client, areas):
    for text in ("a\0b", "\ud800"):
        assert_problem(client.get(f"/api/areas?after={write_token(text)}"), 400)
    assert client.get(f"/api/areas?after={write_token('20')}").json()["items"][0]["code"] == "20001"


def test_whoever_has_it_already_gets_no_body(client, sites):
    path = f"/api/sites/{sites[0].pk}"
    first = client.get(path)
    tag = first.headers["ETag"]
    assert tag.startswith('"v1.')
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert client.get(path, headers={"If-None-Match": '"v1.0"'}).status_code == 200
    Site.objects.filter(pk=sites[0].pk).update(name="Otra")
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200
    listed = client.get("/api/sites")
    assert client.get("/api/sites", headers={"If-None-Match": listed.headers["ETag"]}).status_code == 304


def test_a_head_is_a_get_without_its_body(client, sites):
    path = f"/api/sites/{sites[0].pk}"
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(got.content))
    assert head.headers["ETag"] == got.headers["ETag"]


def test_what_happened_to_a_site(client, sites, people, now, key_of):
    plan_sites(sites[:1], people, now)
    path = f"/api/sites/{sites[0].pk}/transitions"
    steps = read(client, path)["items"]
    assert [step["step"] for step in steps] == ["nominate", "approve", "plan"]
    assert steps[2]["evidence"] == {"plan": Plan.objects.get().pk}
    assert (steps[0]["organisation"], steps[0]["at"]) == ("committee", "2026-03-02T15:00:00Z")
    assert "actor" not in steps[0]
    assert read(client, path, **key_of("auditor"))["items"][0]["actor"] == "committee"
    assert read(client, f"{path}?limit=1")["next"]
    assert_problem(client.get("/api/sites/999999/transitions"), 404)


def test_changes_of_facts_are_for_those_who_may_see_them(client, sites, people, key_of):
    site = sites[0]
    for name in ("Uno", "Dos"):
        site = deeds.change(site, {"name": name}, people["ministry"], seen_version=site.version, reason="typo")
    path = f"/api/sites/{site.pk}/history"
    assert_problem(client.get(path), 401)
    assert_problem(client.get(path, headers=key_of("provider")), 403)
    changes = read(client, path, **key_of("committee"))["items"]
    assert [one["changes"] for one in changes[1:]] == [
        [{"field": "name", "before": "Escuela 1", "after": "Uno"}],
        [{"field": "name", "before": "Uno", "after": "Dos"}],
    ]
    assert (changes[2]["who"], changes[2]["why"]) == ("ministry", "typo")
    second = read(client, read(client, f"{path}?limit=2", **key_of("committee"))["next"], **key_of("committee"))
    assert second["items"] == changes[2:]


def test_areas_and_organisations(client, areas, people):
    assert [one["code"] for one in read(client, "/api/areas?level=state")["items"]] == ["20", "21"]
    assert len(read(client, "/api/areas?parent=20001")["items"]) == 2
    town = read(client, "/api/areas/20001")
    assert (town["parent"], town["need_quintile"], town["people"]) == ("20", 4, 1000)
    assert_problem(client.get("/api/areas/99"), 404)
    providers = read(client, "/api/organisations?role=provider")["items"]
    assert [one["code"] for one in providers] == ["provider", "provider2"]
    assert read(client, "/api/organisations/committee")["state_code"] == "20"
    assert "people" not in read(client, "/api/organisations/committee")


def test_a_draft_is_for_those_alone_who_make_lots_and_a_bid_for_nobody(client, sites, people, now, key_of):
    plan_sites(sites[:4], people, now)
    award_lot(sites[:2], people, now, "lot-1")
    publish_lot(sites[2:3], people, now, "lot-2")
    lots.draft_lot("lot-3", "Sierra", sites[3:4], people["ministry"], months=12, cost_weight=Decimal("0.7"))
    assert [one["code"] for one in read(client, "/api/lots")["items"]] == ["lot-1", "lot-2"]
    assert len(read(client, "/api/lots", **key_of("ministry"))["items"]) == 3
    for path in ("/api/lots/lot-3", "/api/lots/lot-3/sites", "/api/lots/lot-3/questions"):
        assert_problem(client.get(path, headers=key_of("provider")), 404)
    awarded = read(client, "/api/lots/lot-1")
    assert (awarded["state"], awarded["provider"], awarded["cost_weight"]) == ("awarded", "provider", 0.7)
    lines = read(client, "/api/lots/lot-1/sites")["items"]
    assert [line["site"] for line in lines] == [sites[0].pk, sites[1].pk]
    assert b"bid" not in client.get("/api/lots/lot-1").content.replace(b"bids_until", b"")


def test_what_a_connection_costs_is_for_those_who_may_see_money(client, sites, people, now, key_of):
    plan_sites(sites[:2], people, now)
    connection = award_lot(sites[:2], people, now).connections.order_by("pk").first()
    install(connection, people, now)
    path = f"/api/connections/{connection.pk}"
    told = read(client, path)
    assert (told["site"], told["provider"], told["contract"]) == (sites[0].pk, "provider", "lot-1-c")
    assert told["installed_on"] == "2026-03-03"
    seen = {role for role in people if read(client, path, **key_of(role)).get("month_price") == 100}
    assert seen == {"ministry", "provider", "auditor"}
    assert len(read(client, f"/api/connections?site={sites[1].pk}&standing=true")["items"]) == 1
    assert read(client, "/api/connections?standing=false")["items"] == []
    assert len(read(client, "/api/connections?provider=provider&contract=lot-1-c")["items"]) == 2


def test_plans(client, sites, people, now):
    plan = plan_sites(sites[:2], people, now)
    assert read(client, "/api/plans")["items"][0]["cost"] == 1000
    assert read(client, f"/api/plans/{plan.pk}")["summary"] == {}
    planned = read(client, f"/api/plans/{plan.pk}/sites")["items"]
    assert [(one["site"], one["mbps"], one["runner_up"]) for one in planned] == [
        (sites[0].pk, 20, None), (sites[1].pk, 20, None),
    ]  # fmt: skip
    assert_problem(client.get("/api/plans/999/sites"), 404)


def test_the_root_leads_to_everything(client, sites):
    for address in read(client, "/api/").values():
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/none", 404), ("/api/sites/0", 422), ("/api/sites/x", 422), ("/api/sites/99999999999999999999", 422),
     ("/api/sites/999999", 404), ("/api/sites/1%00", 400), ("/api/areas?parent=%00", 400), ("/api/sites/", 404),
     ("/api/areas/" + "9" * 17, 422), ("/api/lots/none", 404), ("/api/sites/1?x=1", 422)],
)  # fmt: skip
def test_every_error_is_a_problem(client, db, path, status):
    assert_problem(client.get(path), status)


def test_a_method_that_there_is_not(client, sites):
    answer = client.delete(f"/api/sites/{sites[0].pk}")
    assert_problem(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "PATCH"}


def test_a_host_that_is_not_ours_is_refused_here_too(client, db):
    assert_problem(client.get("/api/sites", headers={"Host": "elsewhere.example"}), 400)


def test_a_fault_of_ours_tells_nothing(client, sites, monkeypatch):
    def break_down(*_):
        raise RuntimeError("the password is 1234")

    monkeypatch.setattr("alcance.office.api.rows.sites.site_answer", break_down)
    client.raise_request_exception = False
    answer = client.get(f"/api/sites/{sites[0].pk}")
    assert_problem(answer, 500)
    assert b"1234" not in answer.content


def test_a_busy_database_is_not_our_fault(client, sites, monkeypatch):
    from django.db import OperationalError

    def busy(*_):
        raise OperationalError("database is locked")

    monkeypatch.setattr("alcance.office.api.rows.sites.site_answer", busy)
    answer = client.get(f"/api/sites/{sites[0].pk}")
    assert_problem(answer, 503)
    assert answer.headers["Retry-After"] == "1"


def test_a_browser_elsewhere_may_read_what_everybody_may(client, sites):
    answer = client.get("/api/sites")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    asked = client.options(
        "/api/sites", headers={"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    )
    assert (asked.status_code, asked.headers["Access-Control-Allow-Methods"]) == (204, "GET")


# The most statements that an answer may need, whatever is in the database: two pages of areas or sites need no more
# than one. With a key two more know it; a session needs three.
CEILINGS = {
    "/api/sites/{site}": 1,
    "/api/sites?limit=5": 2,
    "/api/sites?state=registered&state_code=20&kind=school": 2,
    "/api/sites/{site}/transitions": 2,
    "/api/areas": 1,
    "/api/areas/20": 1,
    "/api/organisations": 1,
    "/api/organisations/ministry": 1,
    "/api/plans": 1,
    "/api/plans/{plan}": 1,
    "/api/plans/{plan}/sites": 2,
    "/api/lots": 1,
    "/api/lots/lot-1": 1,
    "/api/lots/lot-1/sites": 2,
    "/api/lots/lot-1/questions": 2,
    "/api/connections": 1,
    "/api/connections/{connection}": 1,
    "/ogc/": 0,
    "/ogc/conformance": 0,
    "/ogc/collections/sites/items?limit=5": 3,
    "/ogc/collections/sites/items/{site}": 1,
    "/ogc/collections/areas/items": 3,
    "/ogc/collections/areas/items?bbox=-97,16,-96,18": 4,
    "/ogc/collections/areas/items/20": 1,
    "/ogc/collections/spans/items": 1,
    "/ogc/collections/sites": 1,
}


@pytest.mark.parametrize("path", CEILINGS)
def test_a_ceiling_on_statements(client, sites, people, now, django_assert_max_num_queries, path):
    plan = plan_sites(sites[:2], people, now)
    connection = award_lot(sites[:2], people, now).connections.first()
    full = path.format(site=sites[0].pk, plan=plan.pk, connection=connection.pk)
    client.get(full)
    with django_assert_max_num_queries(CEILINGS[path]):
        assert client.get(full).status_code == 200


def test_a_key_costs_one_statement_more(client, sites, key_of, django_assert_max_num_queries):
    header = key_of("provider")
    client.get("/api/sites", headers=header)
    with django_assert_max_num_queries(2):
        client.get(f"/api/sites/{sites[0].pk}", headers=header)
