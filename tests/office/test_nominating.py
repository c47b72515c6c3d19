"""Ranks of nominations stay 1, 2, 3 … whoever nominates at the same moment."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from alcance.office.delivery.deeds import nominations
from alcance.office.delivery.models import Nomination


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
