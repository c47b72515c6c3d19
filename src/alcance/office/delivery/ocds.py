"""Tenders as Open Contracting Data Standard 1.1: a release for each step of a lot.

Source: https://standard.open-contracting.org/1.1/en/ (release package; sections planning to implementation).
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from alcance.office.delivery.models import Lot, LotState

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from decimal import Decimal

    from alcance.office.accounts.models import Organisation

Json = dict[str, Any]


def package(lots: Iterable[Lot], *, prefix: str, uri: str, published: dt.datetime) -> Json:
    """A release package of lots; drafts are left out.

    Parameters
    ----------
    prefix
        The publisher's registered prefix of open contracting ids.
    uri
        Where the package is found.
    published
        When the newest of its releases was made, so that the same data give the same bytes.
    """
    return {
        "uri": uri,
        "version": "1.1",
        "publishedDate": _time(published),
        "publisher": {"name": "Alcance"},
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "releases": [release for lot in lots for release in releases(lot, prefix)],
    }


def releases(lot: Lot, prefix: str) -> list[Json]:
    """The releases of a lot in the order of time: tender, award with contract or cancellation, implementation."""
    if lot.published_at is None:
        return []
    ocid = f"{prefix}-{lot.code}"
    contract = getattr(lot, "contract", None)
    parties = [_party(lot.buyer, "buyer", "procuringEntity")]
    made = [_release(ocid, "tender", lot.published_at, lot, parties, tender=_tender(lot, "active"))]
    if lot.state == LotState.CANCELLED and lot.decided_at:
        made.append(
            _release(ocid, "tenderCancellation", lot.decided_at, lot, parties, tender=_tender(lot, "cancelled"))
        )
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
        "items": _items(lot),
    }
    if lot.reason:
        award["description"] = lot.reason
    tender = _tender(lot, "complete") | {
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
        "items": _items(lot),
    }
    made.append(
        _release(
            ocid, "award", lot.decided_at, lot, parties, tags=("award", "contract"), tender=tender, awards=[award],
            contracts=[agreed],
        )
    )  # fmt: skip
    done = _implementation(contract)
    if done["transactions"] or any(one["status"] == "met" for one in done["milestones"]):
        last = max([lot.decided_at, *(one.changed_at for one in _sites(contract))])
        made.append(
            _release(
                ocid, "implementation", last, lot, parties, tender=tender, awards=[award],
                contracts=[agreed | {"implementation": done}],
            )
        )  # fmt: skip
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
        "language": "es",
        "parties": parties,
        "buyer": _reference(lot.buyer),
        **sections,
    }


def _tender(lot: Lot, status: str) -> Json:
    tender: Json = {
        "id": lot.code,
        "title": lot.title,
        "status": status,
        "items": _items(lot),
        "procurementMethod": "open",
        "mainProcurementCategory": "services",
        "awardCriteria": "ratedCriteria",
        "awardCriteriaDetails": f"Cost {lot.cost_weight}, quality {1 - lot.cost_weight}",
        "procuringEntity": _reference(lot.buyer),
        "hasEnquiries": lot.questions.exists(),
    }
    if lot.description:
        tender["description"] = lot.description
    if lot.published_at and lot.questions_until and lot.bids_until:
        start = _time(lot.published_at)
        tender["enquiryPeriod"] = {"startDate": start, "endDate": _time(lot.questions_until)}
        tender["tenderPeriod"] = {"startDate": start, "endDate": _time(lot.bids_until)}
    return tender


def _items(lot: Lot) -> list[Json]:
    return [
        {
            "id": line.site.key,
            "description": f"Internet, {line.site.name}: at least {line.min_mbps:g} Mbit/s",
            "quantity": lot.months,
            "unit": {"scheme": "UNCEFACT", "id": "MON", "name": "month"},
        }
        for line in lot.lines.select_related("site").order_by("site__key")
    ]


def _sites(contract: Any) -> list[Any]:
    return [one.site for one in contract.connections.select_related("site").order_by("pk")]


def _implementation(contract: Any) -> Json:
    milestones = []
    for connection in contract.connections.select_related("site").order_by("pk"):
        milestone = {
            "id": f"connection-{connection.pk}",
            "title": f"Connection of {connection.site.key} verified",
            "type": "delivery",
            "dueDate": _day(contract.deliver_by),
            "status": "scheduled",
        }
        if connection.verified_at is not None:
            milestone |= {"status": "met", "dateMet": _time(connection.verified_at)}
        milestones.append(milestone)
    transactions = [
        {
            "id": payment.document if payment.corrects_id is None else f"{payment.document}-{payment.pk}",
            "date": _day(payment.paid_on),
            "value": _value(payment.amount, contract.currency),
            "payer": _reference(contract.lot.buyer),
            "payee": _reference(contract.provider),
        }
        for payment in contract.payments.order_by("paid_on", "pk")
    ]
    return {"milestones": milestones, "transactions": transactions}


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
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(day: dt.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
