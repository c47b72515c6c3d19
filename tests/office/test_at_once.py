"""What two do at the same moment: ranks stay 1, 2, 3 …, and a contract costs what its connections cost."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction
from tests.office.delivering import DAY, lines_for, plan_sites, publish_lot

from alcance.office.delivery.deeds import bids, lots, nominations
from alcance.office.delivery.deeds.leaving import leave
from alcance.office.delivery.life import move
from alcance.office.delivery.models import Connection, Contract, Nomination


@pytest.mark.django_db(transaction=True)
def test_two_who_nominate_at_once_take_different_ranks(sites, people, now):
    begun = threading.Event()

    def first():
        with transaction.atomic():
            nominations.nominate(sites[:1], people["committee"], at=now)
            begun.set()
            time.sleep(0.5)
        connection.close()

    other = threading.Thread(target=first)
    other.start()
    assert begun.wait(10)
    nominations.nominate(sites[1:2], people["committee"], at=now)
    other.join()
    assert sorted(Nomination.objects.values_list("rank", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_a_site_that_is_retired_while_its_lot_is_awarded_is_not_paid_for(sites, people, now, monkeypatch):
    ministry = people["ministry"]
    plan_sites(sites[:3], people, now)
    lot = publish_lot(sites[:3], people, now)
    bid = bids.submit(lot, lines_for(sites[:3]), people["provider"], at=now + DAY)
    lots.open_bids(lot, ministry, at=now + 11 * DAY)
    begun, done = threading.Event(), threading.Event()
    step = lots._step

    def late(*words, **fields):
        done.wait(10)
        step(*words, **fields)

    def retire():
        with transaction.atomic():
            move(sites[:1], "retire", ministry, at=now, reason="closed")
            leave(sites[:1], at=now)
            begun.set()
            time.sleep(0.5)
        done.set()
        connection.close()

    other = threading.Thread(target=retire)
    other.start()
    assert begun.wait(10)
    monkeypatch.setattr(lots, "_step", late)
    lots.award(lot, bid, ministry, at=now + 12 * DAY, code="c", deliver_by=(now + 90 * DAY).date())
    other.join()
    assert Connection.objects.count() == 2
    assert Contract.objects.get().amount == 2 * (1000 + 12 * 100)
