"""Single sites: added, changed, merged, sharing a building; and the pages for it."""

from __future__ import annotations

import pytest

from alcance.office.accounts.refusals import NotAllowed, Refused
from alcance.office.delivery.deeds import nominations
from alcance.office.register import deeds
from alcance.office.register.forms import SiteForm
from alcance.office.register.history import history_of
from alcance.office.register.imports.whole_file import import_file
from alcance.office.register.keys import OWN_SCHEME, NoSite, site_by_key
from alcance.office.register.models import Area, Level, Site
from alcance.office.register.whole import check_register


@pytest.fixture
def values(areas, people):
    return {
        "key": "20DPR0099A", "key_scheme": "cct", "name": "Nueva", "kind": "school", "lon": -96.4, "lat": 17.1,
        "municipality": areas["20001"], "locality": areas["200010001"], "host": people["institution"].organisation,
    }  # fmt: skip


def test_a_site_is_added_with_who_and_why(values, people):
    made = deeds.add(values, people["committee"], reason="it was missing")
    assert (made.state, made.state_code) == ("registered", "20")
    [event] = history_of(made)
    assert (event.who, event.why) == ("committee", "it was missing")
    with pytest.raises(Refused, match="otro sitio"):
        deeds.add(values, people["committee"], reason="again")
    with pytest.raises(NotAllowed):
        deeds.add({**values, "key": "X"}, people["committee2"], reason="not mine")
    with pytest.raises(NotAllowed):
        deeds.add({**values, "key": "X"}, people["institution2"], reason="not mine")


def test_a_lost_update_is_refused(sites, people):
    site = sites[0]
    deeds.change(site, {"name": "Uno"}, people["ministry"], seen_version=1, reason="typo")
    with pytest.raises(Refused, match="mientras tanto"):
        deeds.change(site, {"name": "Dos"}, people["ministry"], seen_version=1, reason="typo")
    assert Site.objects.get(pk=site.pk).name == "Uno"
    change = history_of(Site.objects.get(pk=site.pk))[0]
    assert [(before, after) for _, before, after in change.changes] == [("Escuela 1", "Uno")]


def test_a_change_tells_before_and_after(values, people):
    made = deeds.add(values, people["ministry"], reason="new")
    deeds.change(made, {"users": 80}, people["ministry"], seen_version=1, reason="counted")
    newest = history_of(Site.objects.get(pk=made.pk))[0]
    assert [(before, after) for _, before, after in newest.changes] == [(None, 80)]
    assert newest.why == "counted"


def test_merging_keeps_the_history_and_can_be_undone(sites, people, now):
    twin, stays = sites[0], sites[1]
    deeds.merge(twin, stays, people["ministry"], at=now, reason="the same school")
    merged = Site.objects.get(pk=twin.pk)
    assert (merged.state, merged.merged_into_id, merged.retired_on) == ("retired", stays.pk, now.date())
    assert any(event.key == twin.key and "merged into" in event.why for event in history_of(stays))
    with pytest.raises(Refused):
        deeds.merge(stays, merged, people["ministry"], at=now, reason="and back")
    with pytest.raises(NotAllowed):
        deeds.part(merged, people["committee"], at=now, reason="no")
    deeds.part(merged, people["ministry"], at=now, reason="they are two")
    again = Site.objects.get(pk=twin.pk)
    assert (again.state, again.merged_into, again.retired_on) == ("registered", None, None)


def test_sites_share_a_building(sites, people):
    building = deeds.share_building(sites[:2], people["ministry"], name="Casa", reason="one house")
    deeds.share_building([sites[2], sites[0]], people["ministry"], name="", reason="one house")
    assert building.sites.count() == 3
    deeds.leave_building(Site.objects.get(pk=sites[2].pk), people["ministry"], reason="moved out")
    assert building.sites.count() == 2


def test_pages_of_the_register(as_role, client, sites, people):
    site = sites[0]
    client.logout()
    assert client.get("/register/").status_code == 302
    assert client.get(f"/register/{site.pk}/").status_code == 302
    assert as_role("provider").get(f"/register/{site.pk}/").status_code == 403
    assert as_role("committee2").get(f"/register/{site.pk}/").status_code == 403
    committee = as_role("committee")
    listed = committee.get("/register/").content.decode()
    assert "Escuela 1" in listed
    assert "Escuela 5" not in listed
    assert committee.get(f"/register/{site.pk}/").status_code == 200
    form = {
        "key": site.key, "key_scheme": "cct", "name": "Otro nombre", "kind": "school", "lon": "-96.4", "lat": "17.1",
        "municipality": "20001", "reason": "typo", "version": "1",
    }  # fmt: skip
    assert committee.post(f"/register/{site.pk}/change/", {**form, "reason": ""}).status_code == 400
    assert committee.post(f"/register/{site.pk}/change/", {**form, "municipality": "99"}).status_code == 400
    assert committee.post(f"/register/{site.pk}/change/", form).status_code == 302
    assert committee.post(f"/register/{site.pk}/change/", form).status_code == 400
    assert committee.post(f"/register/{site.pk}/retire/", {"reason": "x"}).status_code == 403
    ministry = as_role("ministry")
    assert ministry.post(f"/register/{site.pk}/merge/", {"key": sites[1].key, "reason": "same"}).status_code == 302
    assert ministry.post(f"/register/{site.pk}/part/", {"reason": "not"}).status_code == 302
    assert ministry.post(f"/register/{site.pk}/retire/", {"reason": "closed"}).status_code == 302
    assert ministry.get("/register/?q=%00&area=%27").status_code == 200
    assert as_role("institution").get("/register/").status_code == 200
    assert as_role("auditor").get(f"/register/{site.pk}/").status_code == 200


def test_a_building_overwrites_nothing_that_happened_meanwhile(sites, people):
    seen_long_ago = Site.objects.get(pk=sites[0].pk)
    deeds.change(sites[0], {"name": "Uno"}, people["ministry"], seen_version=1, reason="typo")
    deeds.share_building([seen_long_ago, sites[1]], people["ministry"], name="", reason="one house")
    deeds.leave_building(seen_long_ago, people["ministry"], reason="moved out")
    now = Site.objects.get(pk=sites[0].pk)
    assert (now.name, now.version, now.building) == ("Uno", 4, None)


def test_a_building_holds_two_different_sites_that_stand(sites, people, now):
    with pytest.raises(Refused):
        deeds.share_building([sites[0], sites[0]], people["ministry"], name="", reason="itself")
    deeds.merge(sites[0], sites[1], people["ministry"], at=now, reason="the same school")
    with pytest.raises(Refused):
        deeds.share_building([sites[0], sites[2]], people["ministry"], name="", reason="it is gone")
    with pytest.raises(Refused):
        deeds.leave_building(sites[2], people["ministry"], reason="it is in none")


def test_the_history_names_what_stood_and_stands(values, people):
    made = deeds.add(values, people["ministry"], reason="new")
    changes = {"kind": "library", "host": people["institution2"].organisation, "electricity": True}
    deeds.change(made, changes, people["ministry"], seen_version=1, reason="counted")
    told = {(str(before), str(after)) for _, before, after in history_of(made)[0].changes}
    organisations = (str(people[name].organisation) for name in ("institution", "institution2"))
    assert told == {("escuela", "biblioteca"), tuple(organisations), ("None", "sí")}


def test_names_are_found_with_or_without_accents_and_in_any_case(as_role, values, people):
    deeds.add({**values, "name": "Álvaro Obregón"}, people["ministry"], reason="new")
    for asked in ("álvaro", "ALVARO obreg", "20dpr0099a"):
        assert "Álvaro Obregón" in as_role("ministry").get("/register/", {"q": asked}).content.decode()


def test_the_next_page_keeps_what_was_asked(as_role, sites, people, now, monkeypatch):
    monkeypatch.setattr("alcance.office.register.views.sites.PER_PAGE", 1)
    for twin in sites[:2]:
        deeds.merge(twin, sites[2], people["ministry"], at=now, reason="the same school")
    page = as_role("ministry").get("/register/?merged=1").content.decode()
    assert sites[0].key in page
    following = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert sites[1].key in as_role("ministry").get(f"/register/{following}").content.decode()


def test_quality_shows_each_their_own_sites_as_of_the_check(as_role, sites, settings, tmp_path, now):
    settings.OFFICE_DIR = tmp_path
    Site.objects.filter(pk__in=[site.pk for site in sites]).update(users=20_000)
    check_register(now)
    counts = {}
    for role in ("ministry", "committee"):
        page = as_role(role).get("/register/quality/?rule=users")
        counts[role] = sum(site.key in page.content.decode() for site in Site.objects.all())
        assert page.context["checked"] == now
    mine = Site.objects.filter(state_code="20").count()
    assert counts == {"ministry": Site.objects.count(), "committee": mine}
    assert 0 < mine < counts["ministry"]
    Site.objects.update(users=10)
    Site.objects.exclude(pk=sites[0].pk).update(state="retired")
    check_register(now)
    assert as_role("ministry").get("/register/quality/").context["checked"] == now


def test_a_key_of_two_schemes_is_not_guessed(sites):
    Site.objects.filter(pk=sites[1].pk).update(key=sites[0].key, key_scheme="alcance")
    with pytest.raises(NoSite, match="cct:20DPR0001A"):
        site_by_key("20dpr0001a")
    assert site_by_key(" CCT:20dpr0001a ").pk == sites[0].pk
    assert site_by_key("20DPR0003A").pk == sites[2].pk
    with pytest.raises(NoSite):
        site_by_key("cct:")


def test_a_site_that_is_nominated_stays_in_its_state(sites, areas, people, now, settings, tmp_path):
    settings.OFFICE_DIR = tmp_path / "office"
    nominations.nominate(sites[:1], people["committee"], at=now)
    moved = {"municipality": areas["21001"], "locality": None}
    sites[0].refresh_from_db()
    with pytest.raises(Refused, match="postulado"):
        deeds.change(sites[0], moved, people["ministry"], seen_version=sites[0].version, reason="x")
    file = tmp_path / "moved.csv"
    rows = [f"{site.key},cct,E,school,{site.lon:.5f},{site.lat:.5f},21001" for site in sites[:2]]
    file.write_text("\n".join(["key,key_scheme,name,kind,lon,lat,municipality", *rows]), encoding="utf-8")
    batch = import_file(file, people["ministry"], at=now)
    assert (batch.counts["refused"], batch.counts["changed"]) == (1, 1)


def test_a_locality_may_belong_to_another_municipality_but_to_no_other_state(sites, areas, now, settings, tmp_path):
    settings.OFFICE_DIR = tmp_path / "office"
    site, beyond = sites[0], sites[1]
    other = Area.objects.create(code="20002", level=Level.MUNICIPALITY, name="Otro", parent=areas["20"])
    of_other = Area.objects.create(code="200020001", level=Level.LOCALITY, name="Allá", parent=other)
    values = {"key": site.key, "key_scheme": "cct", "name": "E", "kind": "school", "lon": -96.5, "lat": 17.1,
              "municipality": "20001", "reason": "así es"}  # fmt: skip
    assert SiteForm({**values, "locality": of_other.pk}, instance=site).is_valid()
    assert set(SiteForm({**values, "locality": "210010001"}, instance=site).errors) == {"locality"}
    Site.objects.filter(pk=site.pk).update(locality=of_other)
    Site.objects.filter(pk=beyond.pk).update(locality="210010001")
    found = check_register(now)
    told = found[found["rule"].str.startswith("locality")]
    assert [*told.itertuples(index=False, name=None)] == [
        (site.pk, "locality", "200020001", "locality_elsewhere", "warning"),
        (beyond.pk, "locality", "210010001", "locality_state", "error"),
    ]


def test_a_reason_is_kept_as_it_was_given_however_long(sites, people, as_role):
    reason = "porque " * 71
    answer = as_role("ministry").post(f"/register/{sites[0].pk}/merge/", {"key": sites[1].key, "reason": reason})
    assert answer.status_code == 302
    site = Site.objects.get(pk=sites[0].pk)
    assert site.history.first().history_change_reason == reason.strip()
    assert site.transitions.get().reason == f"merged into {sites[1].key}: {reason.strip()}"


def test_areas_are_named_as_people_name_them(as_role, areas, sites, people):
    town = areas["20001"]
    Area.objects.create(code="20002", level=Level.MUNICIPALITY, name="Ánimas Trujano", parent=areas["20"])
    Area.objects.create(code="21002", level=Level.MUNICIPALITY, name="Ánimas Trujano", parent=areas["21"])
    values = {
        "key": "20DPR0099B",
        "key_scheme": OWN_SCHEME,
        "name": "x",
        "kind": "school",
        "lon": "-96",
        "lat": "17",
        "reason": "x",
    }
    for said in ("20001", "Municipio Oaxaca", "municipio oaxaca ", "oaxaca"):
        form = SiteForm({**values, "municipality": said, "locality": "Localidad 1"})
        assert form.is_valid(), form.errors
        assert (form.cleaned_data["municipality"], form.cleaned_data["locality"].pk) == (town, "200010001")
    both = SiteForm({**values, "municipality": "animas trujano"}).errors["municipality"][0]
    assert "20002" in both
    assert "21002" in both
    assert SiteForm({**values, "municipality": "nada"}).errors["municipality"]
    page = as_role("committee").get("/register/?municipality=municipio").content.decode()
    assert "Escuela 1" in page
    # Suggested are those of the committee's state, in the order of the alphabet.
    assert page.index("Ánimas Trujano") < page.index("Municipio Oaxaca")
    assert 'value="21002"' not in page
    assert "Escuela 1" not in as_role("committee").get("/register/?municipality=animas").content.decode()
    assert "Ánimas Trujano, Puebla" in as_role("ministry").get("/register/new/").content.decode()


@pytest.mark.parametrize(("field", "value"), [("speed_mbps", "-5"), ("speed_mbps", "2000000"), ("users", "2000000")])
def test_what_no_file_may_bring_nobody_types_in(as_role, sites, field, value):
    site = sites[0]
    good = {
        "key": site.key, "key_scheme": "cct", "name": "E", "kind": "school", "lon": "-96.5", "lat": "17.1",
        "municipality": "20001", "reason": "así es", "version": site.version,
    }  # fmt: skip
    page = as_role("ministry").post(f"/register/{site.pk}/change/", {**good, field: value})
    assert (page.status_code, set(page.context["form"].errors)) == (400, {field})
    assert as_role("ministry").post(f"/register/{site.pk}/change/", {**good, field: "20"}).status_code == 302
