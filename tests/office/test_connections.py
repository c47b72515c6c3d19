"""Connections from their order to their end, and the photos that prove them."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from PIL import Image
from tests.office.delivering import DAY, award_lot, install, new_photo, picture, plan_sites, verify

from alcance.office.accounts.refusals import NotAllowed, Refused
from alcance.office.delivery.claims import against_agreed, claim, days_late
from alcance.office.delivery.deeds import connections
from alcance.office.delivery.deeds.photos import MOST_SIDE_PX, keep_photo, photo_path
from alcance.office.delivery.life import ImpossibleTransition
from alcance.office.delivery.models import Connection, Photo
from alcance.office.register.models import Site

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def contracted(sites, people, now):
    """The connections of two contracted sites."""
    plan_sites(sites[:2], people, now)
    contract = award_lot(sites[:2], people, now)
    return list(contract.connections.select_related("site").order_by("pk"))


def test_the_whole_way_to_operation(contracted, people, now):
    one = contracted[0]
    install(one, people, now + 20 * DAY)
    verify(one, people, now + 25 * DAY)
    connections.operate(one, people["ministry"], at=now + 26 * DAY)
    site = Site.objects.get(pk=one.site_id)
    assert site.state == "operating"
    assert [step.name for step in site.transitions.all()] == [
        "nominate", "approve", "plan", "contract", "order", "install", "verify", "operate",
    ]  # fmt: skip
    assert site.transitions.get(name="verify").evidence["inspection"]


def test_a_claim_needs_its_photo_and_only_its_provider_makes_it(contracted, people, now):
    one = contracted[0]
    connections.order([one], people["ministry"], at=now + 20 * DAY)
    later = {"at": now + 21 * DAY, "installed_on": (now + 21 * DAY).date()}
    with pytest.raises(ImpossibleTransition, match="photo"):
        connections.install(one, people["provider"], photo=None, **later)
    photo = keep_photo(io.BytesIO(picture()), people["provider"], at=now)
    with pytest.raises(NotAllowed):
        connections.install(one, people["provider2"], photo=photo, **later)
    with pytest.raises(Refused, match="future"):
        connections.install(
            one, people["provider"], photo=photo, at=now + 21 * DAY, installed_on=(now + 40 * DAY).date()
        )
    assert Connection.objects.get(pk=one.pk).installed_on is None


def inspect(one, people, at, works=True, down=None, photo=True):
    return connections.inspect(
        one, people["committee"], at=at, works=works, down_mbps=down, up_mbps=None, latency_ms=None,
        photo=new_photo(people["committee"], at) if photo else None,
    )  # fmt: skip


def operating(one, people, now):
    install(one, people, now + 20 * DAY)
    verify(one, people, now + 25 * DAY)
    connections.operate(one, people["ministry"], at=now + 26 * DAY)


def test_what_does_not_work_is_not_verified(contracted, people, now):
    one, committee, at = contracted[0], people["committee"], now + 25 * DAY
    install(one, people, now + 20 * DAY)
    for seen, why in (
        (inspect(one, people, at, works=False), "did not find it working"),
        (inspect(one, people, now + 20 * DAY, down=25.0), "older"),
        (inspect(one, people, at), "speed was not measured"),
        (inspect(one, people, at, down=19.9), "20 of the contracted 25 are needed"),
        (inspect(one, people, at, down=25.0, photo=False), "photo"),
    ):
        with pytest.raises(Refused, match=why):
            connections.verify(one, committee, at=at, inspection=seen)
    slow = {"availability": 1.0, "down_mbps": 0.2}
    with pytest.raises(Refused, match="are needed"):
        connections.verify(one, committee, at=at, measurements=slow)
    with pytest.raises(ImpossibleTransition):
        connections.verify(one, committee, at=at)
    connections.reject(one, committee, at=now + 26 * DAY, reason="no signal")
    assert Site.objects.get(pk=one.site_id).state == "ordered"


def test_a_false_verification_is_called_back(contracted, people, now):
    one = contracted[0]
    install(one, people, now + 20 * DAY)
    verify(one, people, now + 25 * DAY)
    connections.reject(one, people["ministry"], at=now + 26 * DAY, reason="the photo shows another school")
    called = Connection.objects.get(pk=one.pk)
    assert (called.site.state, called.verified_at, called.installed_on) == ("ordered", None, None)


def test_a_photo_is_evidence_once(contracted, people, now):
    one, two = contracted
    install(one, people, now + 20 * DAY)
    connections.order([two], people["ministry"], at=now + 20 * DAY)
    claim = {"at": now + 21 * DAY, "installed_on": (now + 21 * DAY).date()}
    claimed = Photo.objects.get(pk=one.site.transitions.get(name="install").evidence["photo"])
    with pytest.raises(Refused, match="before"):
        connections.install(two, people["provider"], photo=claimed, **claim)
    seen = {"at": now + 22 * DAY, "works": True, "down_mbps": 25.0, "up_mbps": None, "latency_ms": None}
    # The provider's own photo is no proof of the provider's own claim.
    with pytest.raises(Refused, match="before"):
        connections.inspect(one, people["committee"], photo=claimed, **seen)
    inspected = inspect(one, people, now + 22 * DAY, down=25.0).photo
    with pytest.raises(Refused, match="before"):
        connections.inspect(one, people["committee"], photo=inspected, **seen)
    with pytest.raises(Refused, match="before"):
        connections.install(two, people["provider"], photo=inspected, **claim)


def test_a_claim_does_not_change_what_was_agreed(contracted, people, now):
    one = contracted[0]
    assert against_agreed(one) == ""
    connections.order([one], people["ministry"], at=now + 20 * DAY)
    connections.install(
        one, people["provider"], photo=new_photo(people["provider"], now), at=now + 21 * DAY,
        installed_on=(now + 21 * DAY).date(), technology="xdsl", mbps=5.0,
    )  # fmt: skip
    one = Connection.objects.select_related("site").get(pk=one.pk)
    assert (one.technology, one.mbps) == ("ptmp", 25.0)
    assert (one.claimed_technology, one.claimed_mbps) == ("xdsl", 5.0)
    assert against_agreed(one) == "not the technology agreed, less than agreed"
    # What was agreed is the measure, not what was claimed.
    slow = inspect(one, people, now + 22 * DAY, down=5.0)
    with pytest.raises(Refused, match="20 of the contracted 25 are needed"):
        connections.verify(one, people["committee"], at=now + 22 * DAY, inspection=slow)
    connections.reject(one, people["committee"], at=now + 23 * DAY, reason="too slow")
    one.refresh_from_db()
    assert (one.claimed_technology, one.claimed_mbps, against_agreed(one)) == ("", None, "")
    connections.install(
        one, people["provider"], photo=new_photo(people["provider"], now), at=now + 24 * DAY,
        installed_on=(now + 24 * DAY).date(), mbps=50.0,
    )  # fmt: skip
    one.refresh_from_db()
    assert (one.mbps, one.claimed_mbps, against_agreed(one)) == (25.0, 50.0, "")


def test_watching_needs_evidence_of_just_that(contracted, people, now):
    one, committee = contracted[0], people["committee"]
    operating(one, people, now)
    at = now + 30 * DAY
    proving = one.inspections.get()
    well, slow, off = (inspect(one, people, at, works, down) for works, down in ((True, 25), (True, 8), (False, None)))
    measured_well, measured_off = ({"availability": share, "down_mbps": 24.0} for share in (0.99, 0.1))

    def refused(name, why, **evidence):
        with pytest.raises(Refused, match=why):
            connections.watch(one, name, committee, at=at, **evidence)

    refused("fail", "older", inspection=proving)
    refused("fail", "not down", inspection=well)
    refused("fail", "not down", inspection=slow)
    refused("fail", "not down", measurements=measured_well)
    refused("degrade", "as agreed", inspection=well)
    refused("degrade", "as agreed", measurements=measured_well)
    connections.watch(one, "degrade", committee, at=at, inspection=slow)
    connections.watch(one, "fail", committee, at=at, measurements=measured_off)
    refused("recover", "did not find it working", inspection=off)
    refused("recover", "did not find it working", measurements=measured_off)
    refused("recover", "are needed", inspection=slow)
    connections.watch(one, "recover", committee, at=at, measurements=measured_well)
    assert Site.objects.get(pk=one.site_id).state == "operating"


def test_a_contract_that_is_over_or_broken_lets_the_site_go(contracted, sites, people, now):
    one, two = contracted
    operating(one, people, now)
    with pytest.raises(NotAllowed):
        connections.renew(one, people["committee"], at=now + 400 * DAY, reason="the contract is over")
    connections.renew(one, people["ministry"], at=now + 400 * DAY, reason="the contract is over")
    connections.rescind(two, people["ministry"], at=now + 400 * DAY, reason="never delivered")
    ended = Connection.objects.order_by("pk")
    assert [(each.site.state, each.ended_why) for each in ended] == [
        ("approved", "the contract is over"), ("planned", "never delivered"),
    ]  # fmt: skip
    again = award_lot([Site.objects.get(pk=two.site_id)], people, now + 401 * DAY, code="lot-2")
    assert again.connections.get().site_id == two.site_id


def test_two_who_reinstall_or_move_at_once_make_one_connection(contracted, sites, people, now):
    one = contracted[0]
    operating(one, people, now)
    connections.watch(
        one, "fail", people["ministry"], at=now + 30 * DAY, inspection=inspect(one, people, now + 30 * DAY, works=False)
    )
    stale = Connection.objects.select_related("site").get(pk=one.pk)
    again = Connection.objects.select_related("site").get(pk=one.pk)
    connections.reinstall(stale, people["ministry"], at=now + 31 * DAY, reason="lightning")
    for deed, *where in ((connections.reinstall,), (connections.relocate, sites[2])):
        with pytest.raises(Refused, match="meanwhile"):
            deed(again, *where, people["ministry"], at=now + 31 * DAY, reason="lightning")
    assert one.site.connections.count() == 2


def test_a_connection_moves_to_another_site(contracted, sites, people, now):
    one = contracted[0]
    install(one, people, now + 20 * DAY)
    moved = connections.relocate(one, sites[2], people["ministry"], at=now + 30 * DAY, reason="school closed")
    assert Site.objects.get(pk=one.site_id).state == "relocated"
    assert Site.objects.get(pk=sites[2].pk).state == "ordered"
    assert moved.moved_from_id == one.pk
    assert moved.contract_id == one.contract_id
    with pytest.raises(Refused, match="ended"):
        connections.operate(Connection.objects.get(pk=one.pk), people["ministry"], at=now + 31 * DAY)


def test_a_connection_does_not_move_to_a_site_that_has_one(contracted, people, now):
    one, two = contracted
    for each in (one, two):
        operating(each, people, now)
    with pytest.raises(Refused, match="has a connection already"):
        connections.relocate(
            one, Site.objects.get(pk=two.site_id), people["ministry"], at=now + 30 * DAY, reason="school closed"
        )
    assert Site.objects.get(pk=one.site_id).state == "operating"
    assert Connection.objects.filter(ended_on=None).count() == 2


def test_a_site_that_is_down_is_reinstalled(contracted, people, now):
    one = contracted[0]
    operating(one, people, now)
    seen = inspect(one, people, now + 30 * DAY, works=False)
    connections.watch(one, "fail", people["ministry"], at=now + 30 * DAY, inspection=seen)
    fresh = connections.reinstall(one, people["ministry"], at=now + 31 * DAY, reason="lightning")
    assert Site.objects.get(pk=one.site_id).state == "ordered"
    assert Connection.objects.filter(site=one.site, ended_on=None).get() == fresh
    with pytest.raises(Refused, match="ended"):
        connections.inspect(
            Connection.objects.get(pk=one.pk), people["committee"], at=now + 32 * DAY, works=True, down_mbps=None,
            up_mbps=None, latency_ms=None, photo=None,
        )  # fmt: skip


def test_retiring_a_site_ends_its_connection(contracted, people, now):
    connections.retire(contracted[0].site, people["ministry"], at=now + 20 * DAY, reason="closed")
    ended = Connection.objects.get(pk=contracted[0].pk)
    assert (ended.site.state, ended.ended_why) == ("retired", "closed")


def test_what_was_ordered_after_the_day_of_delivery_is_not_late_from_its_first_hour(contracted, sites, people, now):
    one, two = contracted
    after = one.contract.deliver_by + 10 * DAY
    install(one, people, now + 20 * DAY)
    moved = connections.relocate(one, sites[2], people["ministry"], at=now + 120 * DAY, reason="school closed")
    assert moved.ordered_on > one.contract.deliver_by
    assert list(Connection.objects.filter(claim("late", after + 90 * DAY))) == [two]
    for connection, days in ((moved, 0), (two, 10)):
        [row] = Connection.objects.filter(pk=connection.pk).values_list(
            "installed_on", "ordered_on", "contract__deliver_by", named=True
        )
        late = SimpleNamespace(
            installed_on=row.installed_on, ordered_on=row.ordered_on, contract_deliver_by=row.contract__deliver_by
        )
        assert days_late(late, after) == days


def test_a_photo_is_kept_clean_small_and_once(people, now, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    exif = Image.Exif()
    exif[0x8769] = {0x9003: "2026:02:01 10:20:30"}
    exif[0x8825] = {1: "N", 2: (17.0, 30.0, 0.0), 3: "W", 4: (96.0, 15.0, 0.0)}
    big = picture((4000, 3000), exif=exif)
    kept = keep_photo(io.BytesIO(big), people["provider"], at=now)
    again = keep_photo(io.BytesIO(big), people["provider"], at=now)
    assert again.pk == kept.pk
    assert (kept.lon, kept.lat) == (-96.25, 17.5)
    assert kept.taken_at is not None
    with Image.open(photo_path(kept.digest)) as found:
        assert max(found.size) == MOST_SIDE_PX
        assert not found.getexif()


def test_a_photo_of_the_end_of_time_is_kept_without_its_time(people, now, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    exif = Image.Exif()
    exif[0x8769] = {0x9003: "9999:12:31 23:59:59"}
    assert keep_photo(io.BytesIO(picture(exif=exif)), people["provider"], at=now).taken_at is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\0" * 100,
        b"%PDF-1.7",
        picture()[:200],
        b"\xff\xd8\xff" + b"<script>" * 20,
    ],
    ids=["empty", "svg", "gif", "pdf", "cut off", "polyglot"],
)
def test_what_is_no_photo_is_refused(people, now, content):
    with pytest.raises(Refused):
        keep_photo(io.BytesIO(content), people["provider"], at=now)


def test_a_picture_of_too_many_pixels_is_refused(people, now):
    bomb = picture((9000, 9000), kind="PNG", colour=(0, 0, 0))
    assert len(bomb) < 1_000_000
    with pytest.raises(Refused):
        keep_photo(io.BytesIO(bomb), people["provider"], at=now)
