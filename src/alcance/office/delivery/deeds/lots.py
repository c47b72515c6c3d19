"""Tender: lots are made, published, asked about, opened, awarded or cancelled."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from alcance.office.accounts.history import save_as
from alcance.office.accounts.refusals import Refused, allow, refused_if_taken
from alcance.office.delivery.dates import months_after
from alcance.office.delivery.deeds.leaving import OPEN_LOTS
from alcance.office.delivery.life import move
from alcance.office.delivery.models import (
    Bid,
    Connection,
    Contract,
    Lot,
    LotSite,
    LotState,
    PlannedSite,
    Question,
)
from alcance.office.delivery.scoring import Offer, Score, score
from alcance.office.register.models import Site, SiteState

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from alcance.office.accounts.models import Person

# Where the plan says no speed.
LEAST_MBPS = 10.0


@transaction.atomic
def draft_lot(
    code: str,
    title: str,
    sites: Sequence[Site],
    person: Person,
    *,
    months: int,
    cost_weight: Decimal,
    description: str = "",
) -> Lot:
    """Make a lot of planned sites; the plan says the least speed and the reference price of each.

    Raises
    ------
    Refused
        Where a site is not planned, or stands in another open lot.
    """
    allow(person, "lot", "add")
    if not sites:
        raise Refused(_("choose at least one site"))
    if not Decimal(0) <= cost_weight <= Decimal(1):
        raise Refused(_("the weight of the cost lies between 0 and 1"))
    ids = [site.pk for site in sites]
    # Kept from others until the end: of two lots of the same site the second sees the first.
    states = Site.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("state", flat=True)
    if any(state != SiteState.PLANNED for state in list(states)):
        raise Refused(_("only planned sites can be tendered"))
    taken = LotSite.objects.filter(site__in=ids, lot__state__in=OPEN_LOTS, withdrawn_at=None)
    taken = taken.select_related("lot", "site").order_by("pk")
    if found := taken.first():
        raise Refused(_("%(site)s stands in the lot %(lot)s already") % {"site": found.site, "lot": found.lot.code})
    with refused_if_taken(_("there is a lot of this code already")):
        lot = Lot(
            code=code, title=title, description=description, buyer=person.acting_for, months=months,
            cost_weight=cost_weight,
        )  # fmt: skip
        save_as(lot, person, "")
    planned = {one.site_id: one for one in PlannedSite.objects.filter(site__in=ids).order_by("plan__imported_at", "pk")}
    LotSite.objects.bulk_create(
        [
            LotSite(
                lot=lot,
                site=site,
                min_mbps=planned[site.pk].mbps if site.pk in planned else LEAST_MBPS,
                reference_price=planned[site.pk].cost_share if site.pk in planned else None,
            )
            for site in sites
        ],
        batch_size=500,
    )
    return lot


def publish(
    lot: Lot,
    person: Person,
    *,
    at: dt.datetime,
    questions_until: dt.datetime,
    bids_until: dt.datetime,
) -> None:
    """Publish a draft: from now on providers may ask, and bid until a date.

    Raises
    ------
    Refused
        Where the lot is no draft, or the dates are not in order.
    """
    allow(person, "lot", "publish", lot)
    if not at < questions_until <= bids_until:
        raise Refused(_("the dates must be in order: now, end of questions, end of bids"))
    fields = {"published_at": at, "questions_until": questions_until, "bids_until": bids_until}
    _step(lot, (LotState.DRAFT,), LotState.PUBLISHED, person, **fields)


def ask(lot: Lot, text: str, person: Person, *, at: dt.datetime) -> Question:
    """Ask about a published lot, until the end of questions."""
    allow(person, "question", "add")
    if lot.state != LotState.PUBLISHED or lot.questions_until is None or at > lot.questions_until:
        raise Refused(_("questions are no longer taken for this lot"))
    if not text.strip():
        raise Refused(_("the question is empty"))
    return Question.objects.create(lot=lot, asker=person.acting_for, text=text.strip(), asked_at=at)


@transaction.atomic
def answer(question: Question, text: str, person: Person, *, at: dt.datetime) -> None:
    """Answer a question, once: what providers have read stays as it is."""
    allow(person, "question", "answer")
    if not text.strip():
        raise Refused(_("the answer is empty"))
    standing = Question.objects.select_for_update().get(pk=question.pk)
    if standing.answered_at is not None:
        raise Refused(_("this question has been answered already"))
    standing.answer, standing.answered_at = text.strip(), at
    save_as(standing, person, "")


def open_bids(lot: Lot, person: Person, *, at: dt.datetime) -> None:
    """Open the bids after their last day; until then nobody but who made them sees any amount."""
    allow(person, "bid", "score")
    if lot.bids_until is None or at <= lot.bids_until:
        raise Refused(_("bids stay sealed until their last day is over"))
    _step(lot, (LotState.PUBLISHED,), LotState.OPENED, person)


def scores_of(lot: Lot) -> Sequence[Score]:
    """The scores of a lot's submitted bids over the sites that have not been withdrawn, the best first.

    Raises
    ------
    Refused
        Where the bids are still sealed.
    """
    if lot.state not in (LotState.OPENED, LotState.AWARDED):
        raise Refused(_("bids stay sealed until they are opened"))
    wanted = dict(lot.lines.filter(withdrawn_at=None).order_by("site").values_list("site", "min_mbps"))
    bids = lot.bids.filter(withdrawn_at=None).exclude(submitted_at=None).prefetch_related("lines").order_by("pk")
    offers = {
        bid.pk: {
            line.site_id: Offer(line.install_price + lot.months * line.month_price, line.mbps)
            for line in bid.lines.all()
            if line.site_id in wanted
        }
        for bid in bids
    }
    return score(wanted, offers, Decimal(lot.cost_weight))


@transaction.atomic
def award(
    lot: Lot,
    bid: Bid,
    person: Person,
    *,
    at: dt.datetime,
    code: str,
    deliver_by: dt.date,
    reason: str = "",
) -> Contract:
    """Award an opened lot: a contract, a connection for each site, and the sites are contracted.

    Another than the best bid needs a reason.

    Raises
    ------
    Refused
        Where the bid is excluded or withdrawn, or the lot has been decided meanwhile.
    """
    allow(person, "lot", "award", lot)
    # Kept from others until the end: no site leaves the lot after its price has been counted.
    list(Site.objects.select_for_update().filter(pk__in=lot.lines.values("site")).order_by("pk").values_list("pk"))
    scores = {one.bid: one for one in scores_of(lot)}
    chosen = scores.get(bid.pk)
    if chosen is None or chosen.excluded:
        why = chosen.excluded if chosen else _("it has been withdrawn")
        raise Refused(_("this bid cannot win: %(why)s") % {"why": why})
    if chosen.rank != 1 and not reason.strip():
        raise Refused(_("another than the best bid needs a reason"))
    signed = timezone.localdate(at)
    if deliver_by <= signed:
        raise Refused(_("delivery lies in the future"))
    _step(lot, (LotState.OPENED,), LotState.AWARDED, person, decided_at=at, reason=reason)
    bid.awarded = True
    save_as(bid, person, reason, ["awarded"])
    with refused_if_taken(_("there is a contract of this code already")):
        contract = Contract(
            code=code, lot=lot, provider_id=bid.provider_id, amount=chosen.price, currency=lot.currency,
            signed_on=signed, deliver_by=deliver_by, ends_on=months_after(deliver_by, lot.months),
        )  # fmt: skip
        save_as(contract, person, reason)
    wanted = set(lot.lines.filter(withdrawn_at=None).values_list("site", flat=True))
    lines = [line for line in bid.lines.select_related("site").order_by("site") if line.site_id in wanted]
    if not lines:
        raise Refused(_("no site of this lot is left: cancel it"))
    made = [
        Connection(
            site=line.site, contract=contract, provider_id=bid.provider_id, technology=line.technology, mbps=line.mbps,
            install_price=line.install_price, month_price=line.month_price,
        )
        for line in lines
    ]  # fmt: skip
    bulk_create_with_history(made, Connection, batch_size=500, default_user=person)
    connections = {one.site_id: one for one in made}
    sites = [line.site for line in lines]
    move(sites, "contract", person, at=at, evidence={"contract": contract.pk}, connections=connections)
    return contract


def cancel(lot: Lot, person: Person, *, at: dt.datetime, reason: str) -> None:
    """Cancel a lot that has not been awarded, with a reason; its sites stay planned."""
    allow(person, "lot", "award", lot)
    if not reason.strip():
        raise Refused(_("say why the lot is cancelled"))
    _step(lot, OPEN_LOTS, LotState.CANCELLED, person, decided_at=at, reason=reason.strip())


@transaction.atomic
def _step(lot: Lot, before: Sequence[LotState], after: LotState, person: Person, **fields: object) -> None:
    """Lead a lot on, where it is still in a state that the step leads from."""
    standing = Lot.objects.select_for_update().get(pk=lot.pk)
    if standing.state not in before:
        names = ", ".join(str(state.label) for state in before)
        words = _("the lot has gone on meanwhile: this is done while it is «%(state)s»; look again")
        raise Refused(words % {"state": names})
    for name, value in {"state": after, "version": standing.version + 1, **fields}.items():
        setattr(standing, name, value)
    save_as(standing, person, standing.reason)
    lot.refresh_from_db()
