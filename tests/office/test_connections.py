"""Connections from their order to their end, and the photos that prove them."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from PIL import Image
from tests.office.delivering import DAY, award_lot, install, picture, plan_sites, verify

from alcance.office.delivery.deeds import connections
from alcance.office.delivery.deeds.photos import MOST_SIDE_PX, keep_photo, photo_path
from alcance.office.delivery.deeds.refusals import Refused
from alcance.office.delivery.life import ImpossibleTransition, NotAllowed
from alcance.office.delivery.models import Connection
from alcance.office.public.filters import claim, days_late
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


def test_what_does_not_work_is_not_verified(contracted, people, now):
    one = contracted[0]
    install(one, people, now + 20 * DAY)
    measured = {"down_mbps": None, "up_mbps": None, "latency_ms": None, "photo": None}
    seen = connections.inspect(one, people["committee"], at=now + 25 * DAY, works=False, **measured)
    with pytest.raises(Refused, match="did not find it working"):
        connections.verify(one, people["committee"], at=now + 25 * DAY, inspection=seen)
    before = connections.inspect(one, people["committee"], at=now, works=True, **measured)
    with pytest.raises(Refused, match="older"):
        connections.verify(one, people["committee"], at=now + 25 * DAY, inspection=before)
    with pytest.raises(ImpossibleTransition):
        connections.verify(one, people["committee"], at=now + 25 * DAY)
    connections.reject(one, people["committee"], at=now + 26 * DAY, reason="no signal")
    assert Site.objects.get(pk=one.site_id).state == "ordered"


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


def test_a_site_that_is_down_is_reinstalled(contracted, people, now):
    one = contracted[0]
    install(one, people, now + 20 * DAY)
    seen = verify(one, people, now + 25 * DAY)
    connections.operate(one, people["ministry"], at=now + 26 * DAY)
    connections.watch(one, "fail", people["ministry"], at=now + 30 * DAY, inspection=seen)
    fresh = connections.reinstall(one, people["ministry"], at=now + 31 * DAY, reason="lightning")
    assert Site.objects.get(pk=one.site_id).state == "ordered"
    assert Connection.objects.filter(site=one.site, ended_on=None).get() == fresh
    with pytest.raises(Refused, match="ended"):
        connections.inspect(
            Connection.objects.get(pk=one.pk), people["committee"], at=now + 32 * DAY, works=True, down_mbps=None,
            up_mbps=None, latency_ms=None, photo=None,
        )  # fmt: skip


def test_what_an_inspection_found_down_is_not_well_again_by_it(contracted, people, now):
    one = contracted[0]
    install(one, people, now + 20 * DAY)
    verify(one, people, now + 25 * DAY)
    connections.operate(one, people["ministry"], at=now + 26 * DAY)
    seen = connections.inspect(
        one, people["committee"], at=now + 30 * DAY, works=False, down_mbps=None, up_mbps=None, latency_ms=None,
        photo=None,
    )  # fmt: skip
    connections.watch(one, "fail", people["ministry"], at=now + 30 * DAY, inspection=seen)
    with pytest.raises(Refused, match="did not find it working"):
        connections.watch(one, "recover", people["ministry"], at=now + 31 * DAY, inspection=seen)


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
