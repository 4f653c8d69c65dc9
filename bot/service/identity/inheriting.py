"""Facts about a company in an event that names none: they are about the company that its lead named last before."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any, NamedTuple

from bot.service.logbook import events_of
from bot.service.logged import names_outright
from bot.service.scorebook import Scorebook
from bot.storage import company_keys, events
from bot.storage.events import INHERITED
from bot.storage.store import Tx
from scoring.instants import Instant


class Inherited(NamedTuple):
    """An event whose facts are about another company than before."""

    seq: int
    before: int | None
    company: int | None

    @property
    def companies(self) -> set[int]:
        """The companies of which it says something no more, or now."""
        return {one for one in (self.before, self.company) if one is not None}


def inherit(tx: Tx, lead_id: int, new: Container[int] = ()) -> list[Inherited]:
    """Bring a lead's such events into line with its log as it is now; those that were not.

    A late event may name a company for facts that were told after it, so this is a function of the whole log. Of the
    `new` ones the caller tells the company's people; where others moved, what was known of the companies is forgotten.
    """
    changed = []
    key: int | None = None
    company: int | None = None
    rows = [row for row in events_of(tx, lead_id) if row["quarantined"] is None]
    outright = any(names_outright(row) for row in rows)
    for row in rows:
        named = _named(tx, row, outright=outright)
        key, company = named or (key, company)
        facts = 1 if named is not None or key is None else INHERITED
        if row["company_facts"] and (row["company_key_id"], row["company_facts"]) != (key, facts):
            events.name_company(tx, row["seq"], key, facts=facts, new=row["seq"] in new)
            changed.append(Inherited(row["seq"], row["company_id"], company))
    return changed


def _named(tx: Tx, row: Any, *, outright: bool) -> tuple[int, int] | None:
    """The key that an event names itself, and its company. The address of a mail counts while nothing else does."""
    if row["company_weak"]:
        known = None if outright else company_keys.row(tx, row["company_weak"])
        return None if known is None else (known["id"], known["company_id"])
    if row["company_key_id"] is None or row["company_facts"] == INHERITED:
        return None
    return row["company_key_id"], row["company_id"]


def settle(tx: Tx, scorebook: Scorebook, lead_ids: Iterable[int], companies: Iterable[int], now: Instant) -> None:
    """Leads have other events than before, companies other keys or facts: whoever reads these is due."""
    regrouped = sorted(lead_ids)
    concerned = set(companies)
    for lead_id in regrouped:
        scorebook.histories.forget(lead_id)
        concerned.update(*(one.companies for one in inherit(tx, lead_id)))
    for company in concerned:
        scorebook.histories.forget_company(company)
        others = [one for one in events.leads_of_company(tx, company) if one not in regrouped]
        scorebook.make_due(tx, others, now, "event")
