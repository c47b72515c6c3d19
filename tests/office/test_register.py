"""Single sites: added, changed, merged, sharing a building; and the pages for it."""

from __future__ import annotations

import pytest

from alcance.office.delivery.life import NotAllowed
from alcance.office.register import deeds
from alcance.office.register.history import history_of
from alcance.office.register.models import Site


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
    with pytest.raises(deeds.Refused, match="belongs to another"):
        deeds.add(values, people["committee"], reason="again")
    with pytest.raises(NotAllowed):
        deeds.add({**values, "key": "X"}, people["committee2"], reason="not mine")
    with pytest.raises(NotAllowed):
        deeds.add({**values, "key": "X"}, people["institution2"], reason="not mine")


def test_a_lost_update_is_refused(sites, people):
    site = sites[0]
    deeds.change(site, {"name": "Uno"}, people["ministry"], seen_version=1, reason="typo")
    with pytest.raises(deeds.Refused, match="meanwhile"):
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
    assert (merged.state, merged.merged_into_id) == ("retired", stays.pk)
    assert any(event.key == twin.key and "merged into" in event.why for event in history_of(stays))
    with pytest.raises(deeds.Refused):
        deeds.merge(stays, merged, people["ministry"], at=now, reason="and back")
    with pytest.raises(NotAllowed):
        deeds.part(merged, people["committee"], at=now, reason="no")
    deeds.part(merged, people["ministry"], at=now, reason="they are two")
    again = Site.objects.get(pk=twin.pk)
    assert (again.state, again.merged_into) == ("registered", None)


def test_sites_share_a_building(sites, people):
    building = deeds.share_building(sites[:2], people["ministry"], name="Casa", reason="one house")
    deeds.share_building([sites[2], sites[0]], people["ministry"], name="", reason="one house")
    assert building.sites.count() == 3
    deeds.leave_building(Site.objects.get(pk=sites[2].pk), people["ministry"], reason="moved out")
    assert building.sites.count() == 2


def test_pages_of_the_register(as_role, client, sites, people):
    site = sites[0]
    client.logout()
    assert client.get("/register/").status_code == 403
    assert client.get(f"/register/{site.pk}/").status_code == 403
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
