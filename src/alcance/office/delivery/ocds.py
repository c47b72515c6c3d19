"""Tenders as Open Contracting Data Standard 1.1: a release for each step of a lot.

Source: https://standard.open-contracting.org/1.1/en/ (release package; sections planning to implementation).
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from alcance.office.delivery.models import Lot, LotState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from alcance.office.accounts.models import Organisation
    from alcance.office.delivery.models import Contract, LotSite, Question

Json = dict[str, Any]


def package(lots: Iterable[Lot], *, prefix: str, uri: str, published: dt.datetime) -> Iterator[str]:
    """Yield a release package of lots as text, lot by lot; drafts are left out.

    Parameters
    ----------
    prefix
        The publisher's registered prefix of open contracting ids.
    uri
        Where the package is found.
    published
        When the newest of its releases was made, so that the same data give the same bytes.
    """
    head = {
        "uri": uri,
        "version": "1.1",
        "publishedDate": _time(published),
        "publisher": {"name": settings.PUBLISHER},
        "license": settings.LICENCE_URL,
    }
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "releases": ['
    comma = "\n"
    for lot in lots:
        for release in releases(lot, prefix):
            yield comma + json.dumps(release, ensure_ascii=False)
            comma = ",\n"
    yield "\n]}\n"


def releases(lot: Lot, prefix: str) -> list[Json]:
    """The releases of a lot in the order of time, in the office's language.

    Tender, an update for each moment at which sites were withdrawn or questions answered, award with contract or
    cancellation, implementation.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return _releases(lot, prefix)


def _releases(lot: Lot, prefix: str) -> list[Json]:
    if lot.published_at is None:
        return []
    ocid = f"{prefix}-{lot.code}"
    contract = getattr(lot, "contract", None)
    parties = [_party(lot.buyer, "buyer", "procuringEntity")]
    lines = [
        line
        for line in lot.lines.select_related("site").order_by("site__key")
        if line.withdrawn_at is None or line.withdrawn_at > lot.published_at
    ]
    questions = list(lot.questions.order_by("asked_at", "pk"))
    whole = [(line, _item(lot, line)) for line in lines]
    standing = [item for line, item in whole if line.withdrawn_at is None]
    tender = _tender(lot, "active") | {"items": [item for _line, item in whole], "hasEnquiries": False}
    made = [_release(ocid, "tender", lot.published_at, lot, parties, tender=tender)]
    made += _updates(ocid, lot, parties, whole, questions)
    tender = tender | {"items": standing, "hasEnquiries": bool(questions)}
    if lot.state == LotState.CANCELLED and lot.decided_at:
        cancelled = tender | {"status": "cancelled"}
        made.append(_release(ocid, "tenderCancellation", lot.decided_at, lot, parties, tender=cancelled))
    if contract is None or lot.decided_at is None:
        return made
    bidders = [
        bid.provider for bid in lot.bids.filter(withdrawn_at=None).exclude(submitted_at=None).select_related("provider")
    ]
    parties = [
        *parties,
        *(_party(one, "tenderer", *(("supplier",) if one.pk == contract.provider_id else ())) for one in bidders),
    ]
    award = {
        "id": f"{contract.code}-award",
        "title": lot.title,
        "status": "active",
        "date": _time(lot.decided_at),
        "value": _value(contract.amount, contract.currency),
        "suppliers": [_reference(contract.provider)],
        "items": standing,
    }
    if lot.reason:
        award["description"] = lot.reason
    tender = tender | {
        "status": "complete",
        "numberOfTenderers": len(bidders),
        "tenderers": [_reference(one) for one in bidders],
    }
    agreed = {
        "id": contract.code,
        "awardID": award["id"],
        "title": lot.title,
        "status": "active",
        "period": {"startDate": _day(contract.signed_on), "endDate": _day(contract.ends_on)},
        "value": _value(contract.amount, contract.currency),
        "dateSigned": _day(contract.signed_on),
        "items": standing,
    }
    made.append(
        _release(
            ocid, "award", lot.decided_at, lot, parties, tags=("award", "contract"), tender=tender, awards=[award],
            contracts=[agreed],
        )
    )  # fmt: skip
    if done := _implementation(contract):
        last, implementation = done
        made.append(
            _release(
                ocid, "implementation", max(lot.decided_at, last), lot, parties, tender=tender, awards=[award],
                contracts=[agreed | {"implementation": implementation}],
            )
        )  # fmt: skip
    return made


def _updates(
    ocid: str, lot: Lot, parties: list[Json], whole: list[tuple[LotSite, Json]], questions: list[Question]
) -> list[Json]:
    """What changed after the lot was published: sites withdrawn with the items that are left, and answers."""
    why: dict[dt.datetime, list[str]] = {}
    for line, item in whole:
        if line.withdrawn_at is not None:
            moment = line.withdrawn_at.replace(microsecond=0)
            why.setdefault(moment, []).append(_("Withdrawn: %(site)s") % {"site": item["id"]})
    withdrawals = set(why)
    for question in questions:
        if question.answered_at is not None:
            told = _("Question: %(question)s Answer: %(answer)s") % {
                "question": question.text, "answer": question.answer,
            }  # fmt: skip
            why.setdefault(question.answered_at.replace(microsecond=0), []).append(told)
    made = []
    for moment, reasons in sorted(why.items()):
        amendment = {"id": f"{lot.code}-{moment:%Y%m%dT%H%M%S}", "date": _time(moment), "rationale": "\n".join(reasons)}
        tender: Json = {"id": lot.code, "status": "active", "amendments": [amendment]}
        if moment in withdrawals:
            gone = moment + dt.timedelta(seconds=1)
            tender["items"] = [item for line, item in whole if line.withdrawn_at is None or line.withdrawn_at >= gone]
        made.append(_release(ocid, "tenderUpdate", moment, lot, parties, tender=tender))
    return made


def _release(
    ocid: str,
    name: str,
    at: dt.datetime,
    lot: Lot,
    parties: list[Json],
    *,
    tags: tuple[str, ...] = (),
    **sections: Any,
) -> Json:
    return {
        "ocid": ocid,
        "id": f"{ocid}-{name}-{at:%Y%m%dT%H%M%S}",
        "date": _time(at),
        "tag": list(tags or (name,)),
        "initiationType": "tender",
        "language": settings.LANGUAGE_CODE.partition("-")[0],
        "parties": parties,
        "buyer": _reference(lot.buyer),
        **sections,
    }


def _tender(lot: Lot, status: str) -> Json:
    tender: Json = {
        "id": lot.code,
        "title": lot.title,
        "status": status,
        "procurementMethod": "open",
        "mainProcurementCategory": "services",
        "awardCriteria": "ratedCriteria",
        "awardCriteriaDetails": _("Cost %(cost)s, quality %(quality)s")
        % {"cost": lot.cost_weight, "quality": 1 - lot.cost_weight},
        "procuringEntity": _reference(lot.buyer),
    }
    if lot.description:
        tender["description"] = lot.description
    if lot.published_at and lot.questions_until and lot.bids_until:
        start = _time(lot.published_at)
        tender["enquiryPeriod"] = {"startDate": start, "endDate": _time(lot.questions_until)}
        tender["tenderPeriod"] = {"startDate": start, "endDate": _time(lot.bids_until)}
    return tender


def _item(lot: Lot, line: LotSite) -> Json:
    words = {"site": line.site.name, "mbps": f"{line.min_mbps:g}"}
    return {
        "id": line.site.key,
        "description": _("Internet, %(site)s: at least %(mbps)s Mbit/s") % words,
        "quantity": lot.months,
        "unit": {"scheme": "UNCEFACT", "id": "MON", "name": _("month")},
    }


def _implementation(contract: Contract) -> tuple[dt.datetime, Json] | None:
    """What was verified and paid, and when the newest of it was; None where nothing was."""
    milestones = []
    times = []
    for connection in contract.connections.select_related("site").order_by("pk"):
        milestone = {
            "id": f"connection-{connection.pk}",
            "title": _("Connection of %(key)s verified") % {"key": connection.site.key},
            "type": "delivery",
            "dueDate": _day(contract.deliver_by),
            "status": "scheduled" if connection.ended_on is None else "notMet",
        }
        if connection.verified_at is not None:
            milestone |= {"status": "met", "dateMet": _time(connection.verified_at)}
            times.append(connection.verified_at)
        milestones.append(milestone)
    transactions = []
    for payment in contract.payments.order_by("paid_on", "pk"):
        times.append(dt.datetime.combine(payment.paid_on, dt.time(), dt.UTC))
        transactions.append(
            {
                "id": payment.document if payment.corrects_id is None else f"{payment.document}-{payment.pk}",
                "date": _day(payment.paid_on),
                "value": _value(payment.amount, contract.currency),
                "payer": _reference(contract.lot.buyer),
                "payee": _reference(contract.provider),
            }
        )
    if not times:
        return None
    return max(times), {"milestones": milestones, "transactions": transactions}


def _party(organisation: Organisation, *roles: str) -> Json:
    return {
        "id": f"ALCANCE-{organisation.code}",
        "name": organisation.name,
        "identifier": {"scheme": "ALCANCE", "id": organisation.code, "legalName": organisation.name},
        "roles": list(roles),
    }


def _reference(organisation: Organisation) -> Json:
    return {"id": f"ALCANCE-{organisation.code}", "name": organisation.name}


def _value(amount: Decimal, currency: str) -> Json:
    return {"amount": float(amount), "currency": currency}


def _time(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(day: dt.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
