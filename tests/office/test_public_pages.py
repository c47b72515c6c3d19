"""The public pages: what they show, what they never show, and that every figure is the length of the list behind it."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from html.parser import HTMLParser

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.office.delivering import plan_sites
from tests.office.public_world import build

from alcance.office.delivery.models import Connection
from alcance.office.public.filters import SiteFilter, UnknownFilter
from alcance.office.public.words import CLAIM_NAMES
from alcance.office.register.models import Site, SiteKind, SiteState

PAGES = (
    "/", "/sites/", "/areas/", "/areas/20/", "/areas/20001/", "/areas/200010001/", "/providers/",
    "/providers/provider/", "/challenges/", "/downloads/", "/downloads/?state=20",
    "/sites/?state=20&kind=school&phase=operation&q=escuela",
)  # fmt: skip
#: So many queries and no more, however many rows there are.
CEILINGS = {
    "/": 2, "/sites/": 4, "/areas/": 2, "/areas/20/": 4, "/areas/20001/": 5, "/providers/": 2,
    "/providers/provider/": 5, "/challenges/": 2, "/downloads/": 6,
}  # fmt: skip


@pytest.fixture
def world(sites, people):
    return build(sites, people, timezone.now())


class Links(HTMLParser):
    """The links of a page with their text."""

    def __init__(self, html):
        super().__init__()
        self.found, self._href = [], None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self._href, self._text = dict(attrs).get("href"), ""

    def handle_data(self, data):
        if self._href is not None:
            self._text += data

    def handle_endtag(self, tag):
        if tag == "a" and self._href is not None:
            self.found.append((self._href, self._text.strip()))
            self._href = None


def rows_of(client, href):
    """Every row of a list, page by page."""
    seen = []
    while href:
        html = client.get(href).content.decode()
        seen += re.findall(r'<th scope="row"><a href="/sites/(\d+)/">', html)
        onward = re.search(r'rel="next" href="([^"]+)"', html)
        href = "/sites/" + onward[1].replace("&amp;", "&") if onward else None
    return seen


@pytest.mark.parametrize("address", ["/sites/?after=%00x", "/areas/20/?after=none", "/sites/?after=Ing"])
def test_a_page_that_there_is_not_is_told_in_words(client, world, address):
    page = client.get(address, headers={"accept-language": "en"})
    assert page.status_code == 400
    assert "There is no such page" in page.content.decode()


@pytest.mark.parametrize("page", ["/", "/areas/", "/areas/20/", "/areas/20001/", "/providers/", "/providers/provider/"])
def test_every_total_leads_to_a_list_of_exactly_that_length(client, world, page, monkeypatch):
    monkeypatch.setattr("alcance.office.public.views.sites.ROWS", 2)
    totals = [
        (href, int(text.replace("\u00a0", "")))
        for href, text in Links(client.get(page).content.decode()).found
        if href.startswith("/sites/") and text.replace("\u00a0", "").isdigit()
    ]
    assert totals
    for href, count in totals:
        rows = rows_of(client, href)
        assert len(rows) == len(set(rows)) == count, href
        said = re.search(r'role="status">(\d+)', client.get(href).content.decode())
        assert int(said[1]) == count


def test_claimed_verified_and_late_are_told_apart(client, world):
    ids = [str(site.pk) for site in world.sites]
    for name, expected in (
        ("standing", ids[:3]), ("claimed", ids[:2]), ("verified", ids[:1]), ("unproven", ids[1:2]), ("late", ids[2:3])
    ):  # fmt: skip
        assert rows_of(client, f"/sites/?connection={name}&provider=provider") == expected
    assert rows_of(client, "/sites/?connection=late&provider=provider2") == []
    Connection.objects.filter(site=world.sites[2]).update(ended_on=dt.date(2026, 1, 1))
    assert rows_of(client, "/sites/?connection=late") == []


def test_a_site_shows_what_proves_its_state(client, world):
    page = client.get(f"/sites/{world.sites[0].pk}/", headers={"accept-language": "en"}).content.decode()
    for words in ("operating", "verified and is in use", "state committee", "48.5", "Plan 2026", "Lote 1",
                  "institution", "Municipio Oaxaca", 'href="/providers/provider/"', "La misma escuela",
                  "Cheapest within"):  # fmt: skip
        assert words in page
    page = client.get(f"/sites/{world.sites[2].pk}/", headers={"accept-language": "en"}).content.decode()
    assert "10 days late" in page


def test_nothing_private_is_shown_to_the_public(client, sites, people):
    # Organisations stand for the people who act for them.
    for person in people.values():
        person.name = f"Persona Privada {person.pk}"
        person.save()
    world = build(sites, people, timezone.now())
    shown = "".join(client.get(f"/sites/{site.pk}/").content.decode() for site in world.sites)
    shown += "".join(client.get(page).content.decode() for page in PAGES)
    shown += client.get(f"/challenges/{world.challenge.pk}/").content.decode()
    for secret in ("Juana Pérez", "secreto@example.org", "Borrador secreto", "@example.org", "Persona Privada"):
        assert secret not in shown


def test_a_merged_site_leads_to_the_one_that_stays(client, world):
    answer = client.get(f"/sites/{world.merged.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/sites/{world.sites[0].pk}/")
    assert str(world.merged.pk) not in rows_of(client, "/sites/")
    assert client.get(f"/sites/{world.merged.pk}/mistake/").status_code == 302


def test_the_short_way_and_the_usual_way_give_the_same_page(client, world, settings):
    for site in world.sites:
        for language in ("es", "en"):
            short = client.get(f"/sites/{site.pk}/", headers={"accept-language": language})
            settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith("PublicReader")]
            usual = client.get(f"/sites/{site.pk}/", headers={"accept-language": language})
            settings.MIDDLEWARE.insert(3, "alcance.office.public.reader.PublicReader")
            assert short.content == usual.content
            for header in ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy"):
                assert short[header] == usual[header]


def test_a_page_is_never_stale_and_never_sent_twice(client, world):
    address = f"/sites/{world.sites[0].pk}/"
    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    # Changed behind everybody's back: no version, no signal, no time.
    Connection.objects.filter(site=world.sites[0]).update(mbps=77)
    after = client.get(address, headers={"if-none-match": first["ETag"]})
    assert after.status_code == 200
    assert "77 Mbit/s" in after.content.decode()


def test_who_is_logged_in_sees_their_name_on_the_same_page(as_role, client, world):
    anonymous = client.get(f"/sites/{world.sites[0].pk}/").content.decode()
    page = as_role("ministry").get(f"/sites/{world.sites[0].pk}/").content.decode()
    main = re.compile(r"<main.*</main>", re.DOTALL)
    assert main.search(page)[0] == main.search(anonymous)[0]
    assert "ministry" in page


@pytest.mark.parametrize("page", CEILINGS)
def test_a_page_asks_the_database_so_often_and_no_more(client, world, django_assert_max_num_queries, page):
    client.get(page)
    with django_assert_max_num_queries(CEILINGS[page]):
        assert client.get(page).status_code == 200


def test_the_page_of_a_site_asks_ten_times_at_most(client, world, django_assert_max_num_queries):
    client.get(f"/sites/{world.sites[0].pk}/")
    for site, most in zip(world.sites, (9, 9, 9, 4, 2, 1), strict=True):
        with django_assert_max_num_queries(most):
            assert client.get(f"/sites/{site.pk}/").status_code == 200


@pytest.mark.parametrize("page", [*PAGES, "/sites/1/mistake/"])
def test_a_first_view_is_light(client, world, page):
    page = page.replace("/1/", f"/{world.sites[0].pk}/")
    answer = client.get(page)
    assert answer.status_code == 200
    assert len(answer.content) < 60_000


@pytest.mark.parametrize(
    "query", ["kind=castle", "phase=x", "quintile=6", "connection=maybe", "site_state=flying", "state=" + "2" * 200,
              "q=%00", "after=zzz", "after=Inki", "after=" + "A" * 5000]
)  # fmt: skip
def test_a_filter_that_there_is_not_is_refused_clearly(client, world, query):
    answer = client.get(f"/sites/?{query}")
    assert answer.status_code == 400
    assert "<h1>" in answer.content.decode()


@pytest.mark.parametrize("page", ["/sites/999999999999/", "/sites/0/", "/areas/99/", "/providers/nobody/",
                                  "/challenges/9/",
                                  "/downloads/9/", "/downloads/9/sites-9.csv", "/downloads/latest/sites.exe",
                                  "/providers/ministry/"])  # fmt: skip
def test_what_is_not_there_is_said_to_be_not_there(client, world, page):
    assert client.get(page).status_code == 404


def test_names_are_escaped(client, world):
    Site.objects.filter(pk=world.sites[0].pk).update(name="<script>alert(1)</script>", key='"><img src=x>')
    for page in (f"/sites/{world.sites[0].pk}/", "/sites/", "/areas/20001/", f"/sites/{world.sites[0].pk}/mistake/"):
        html = client.get(page).content.decode()
        assert "<script" not in html
        assert "<img src=x" not in html


@pytest.mark.parametrize(
    ("words", "found"),
    [("juarez", 1), ("JUÁREZ benito", 1), ("ninos heroes", 1), ("20dpr0003a", 1), ("%", 0), ("_", 0)],
)
def test_search_knows_neither_case_nor_accents_nor_wildcards(client, world, words, found):
    Site.objects.filter(pk=world.sites[0].pk).update(name="ESCUELA BENITO JUÁREZ")
    Site.objects.filter(pk=world.sites[1].pk).update(name="Niños Héroes")
    assert len(rows_of(client, f"/sites/?q={words.replace('%', '%25')}")) == found


filters = st.builds(
    SiteFilter,
    state=st.sampled_from(["", "20", "21"]),
    kind=st.sampled_from(["", *SiteKind.values]),
    site_state=st.lists(st.sampled_from(SiteState.values), max_size=3, unique=True).map(",".join),
    phase=st.sampled_from(["", "planning", "operation"]),
    quintile=st.sampled_from(["", "1", "4"]),
    connection=st.sampled_from(["", *CLAIM_NAMES]),
    q=st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20).map(str.strip),
)


@given(filters)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_a_filter_survives_its_own_address_and_narrows(world, chosen):
    from django.http import QueryDict

    assert SiteFilter.of(QueryDict(chosen.query)) == chosen
    everything = set(SiteFilter().sites().values_list("pk", flat=True))
    found = set(chosen.sites().values_list("pk", flat=True))
    assert found <= everything
    assert found == set(chosen.sites(many=True).values_list("pk", flat=True))
    assert found <= set(chosen.but(kind="").sites().values_list("pk", flat=True))


@given(st.dictionaries(st.sampled_from(list(SiteFilter.__dataclass_fields__)), st.text(max_size=120)))
def test_any_filter_is_taken_or_refused(asked):
    with contextlib.suppress(UnknownFilter):
        SiteFilter.of(asked)


def test_where_a_site_is_drawn_even_without_outlines(client, world):
    answer = client.get(f"/sites/{world.sites[0].pk}/place.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"<circle" in answer.content


@pytest.mark.parametrize(("language", "words"), [("es", "2 sitios"), ("en", "2 sites")])
def test_counts_have_the_right_plural(client, world, language, words):
    assert words in client.get("/sites/?state=21", headers={"accept-language": language}).content.decode()
    one = client.get("/sites/?connection=late", headers={"accept-language": language}).content.decode()
    assert words.replace("2 ", "1 ").rstrip("s") in one


def test_the_first_page_accounts_for_every_site(client, sites, people, now):
    plan_sites(sites[:2], people, now)
    page = client.get("/").content.decode()
    table = page[page.index('class="bars"') : page.index("</table>")]
    counts = [int(one) for one in re.findall(r'<a href="/sites/[^"]+">(\d+)</a>', table)]
    assert sum(counts) == len(sites)
    assert 'href="/sites/?site_state=registered">4</a>' in table


def test_an_empty_office_says_where_to_begin_and_counts_no_people(client, as_role, areas):
    page = client.get("/").content.decode()
    assert "El registro está vacío" in page
    assert "2 000 personas" not in page.replace("\xa0", " ")
    page = as_role("ministry").get("/").content.decode()
    for step in ("/organisations/add", "/people/invite", "/imports/", "/progress/new/"):
        assert f'<li><a href="{step}">' in page
        assert client.get(step).status_code == 200


def test_the_menu_keeps_the_work_apart_from_what_all_may_see(client, as_role, db):
    page = client.get("/").content.decode()
    assert 'class="work"' not in page
    # Once for broad screens, once behind a button for narrow ones.
    assert page.count('<a href="/map/">') - page.count('<li><a href="/map/">Mapa</a><p>') == 2
    page = as_role("ministry").get("/").content.decode()
    everybody, work = page[page.index('<nav class="broad"') :].split('<ul class="work"', 1)
    assert 'href="/imports/"' not in everybody
    assert 'href="/imports/"' in work.split("</ul>")[0]
