"""Brings in what a source offers and the ledger does not have yet, billing period by billing period."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from apportion.connectors import BillConnector, Offer, Place, everything
from apportion.connectors.stores import Changed
from apportion.core.errors import ApportionError
from apportion.ingestion.bills import ingest_bill
from apportion.ingestion.fetched import alone, folder_of, tidy
from apportion.ingestion.history import standing
from apportion.ingestion.limits import Limits
from apportion.ingestion.loading import OtherPeriods, Progress
from apportion.ingestion.records import LoadRecord
from apportion.ledger import Ledger

_ATTEMPTS = 3


@dataclass(frozen=True)
class Brought:
    """What became of each offer: records of loads, and the errors of those that could not be loaded."""

    records: list[LoadRecord] = field(default_factory=list)
    problems: list[ApportionError] = field(default_factory=list)


@dataclass(frozen=True)
class Bringing:
    """One source, its place, and where files are kept while they are fetched.

    What was fetched stays in `folder` until it is loaded, so that an interrupted fetch goes on where it was.
    """

    ledger: Ledger
    source: str
    connector: BillConnector
    place: Place
    folder: Path
    limits: Limits
    progress: Progress
    replace: bool = False

    def run(self) -> Brought:
        """Load every offer that is new or changed; an offer that fails leaves the others alone.

        Raises what the place says where it cannot even be listed, and Transient where another process brings
        in the same source.
        """
        with alone(self.folder):
            return self._run()

    def _run(self) -> Brought:
        before = [r for (s, _), r in standing(self.ledger).items() if s == self.source]
        place = replace(self.place, known=self._known(before), loaded=_loaded(before))
        self.progress(f"{self.source}: looking for new periods")
        offers = self.connector.offers(place)
        whole = everything([stored for offer in offers for stored in offer.objects])
        doubtful = len(offers) > 1 and not any(offer.certain for offer in offers)
        if doubtful and self._same(whole, before):
            return Brought(self._same(whole, before))
        try:
            return self._each(place, offers, before)
        except OtherPeriods:
            if not doubtful:
                raise
            return self._each(place, [whole], before)

    def _each(self, place: Place, offers: Sequence[Offer], before: Sequence[LoadRecord]) -> Brought:
        brought = Brought()
        tidy(self.folder, [offer for offer in offers if not self._same(offer, before)])
        for offer in offers:
            if same := self._same(offer, before):
                brought.records.extend(same)
                continue
            try:
                brought.records.extend(self._one(place, offer))
            except OtherPeriods as why:
                if not offer.certain:
                    raise
                brought.problems.append(self._placed(why, offer))
            except ApportionError as why:
                brought.problems.append(self._placed(why, offer))
        return brought

    def _placed(self, why: ApportionError, offer: Offer) -> ApportionError:
        """The error with the source and the period that it kept from being loaded, if it names neither."""
        names = (offer.period, offer.period.replace("-", ""))
        if offer.period and not any(name in str(why) for name in names):
            why.where = ", ".join(filter(None, (f"{self.source} {offer.period}", why.where)))
        return why

    def _one(self, place: Place, offer: Offer) -> list[LoadRecord]:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._load(place, offer)
            except Changed:
                newer = [o for o in self.connector.offers(place) if o.period == offer.period]
                if attempt == _ATTEMPTS or not newer:
                    raise
                offer = newer[0]
        raise AssertionError("the last attempt returns or raises")

    def _load(self, place: Place, offer: Offer) -> list[LoadRecord]:
        if offer.problem is not None:
            raise offer.problem
        folder = folder_of(self.folder, offer)
        self.progress(f"{self.source} {offer.period or 'everything'}: fetching")
        files = self.connector.fetch(place, offer, folder, self.progress)
        marked = replace(offer, fingerprint=self._mark(offer))
        records = ingest_bill(
            self.ledger,
            self.source,
            self.connector,
            files,
            offer=marked,
            replace=self.replace,
            limits=self.limits,
            progress=self.progress,
            now=place.now,
        )
        shutil.rmtree(folder, ignore_errors=True)
        return records

    def _same(self, offer: Offer, before: Sequence[LoadRecord]) -> list[LoadRecord]:
        """The loads that were made from just this offer, if they still stand."""
        if not offer.fingerprint:
            return []
        same = [r for r in before if r.offer == self._mark(offer) and offer.period in ("", r.billing_period)]
        complete = bool(same) and (offer.period or {r.billing_period for r in same} == set(same[0].periods))
        return [replace(r, status="unchanged") for r in same] if complete else []

    def _mark(self, offer: Offer) -> str:
        return f"{self.connector.signature}: {offer.fingerprint}" if offer.fingerprint else ""

    def _known(self, before: Sequence[LoadRecord]) -> Mapping[str, str]:
        mine = f"{self.connector.signature}: "
        return {r.billing_period: r.offer.removeprefix(mine) for r in before if r.offer.startswith(mine)}


def _loaded(before: Sequence[LoadRecord]) -> Mapping[str, datetime]:
    return {r.billing_period: datetime.fromisoformat(r.loaded_at) for r in before}
