"""Facts about a company that their event does not name are those of the company that its lead named last before it."""

from __future__ import annotations

from bot.service.histories import INHERITED, events_of, names_outright
from bot.storage import events
from bot.storage.store import Tx


def inherit(tx: Tx, lead_id: int) -> set[int]:
    """Bring a lead's such events into line with its log as it is now; the companies about which that changed something.

    A late event may name a company for facts that were told after it, so this is a function of the whole log.
    """
    changed: set[int] = set()
    key, company = None, None
    rows = [row for row in events_of(tx, lead_id) if row["quarantined"] is None]
    outright = any(names_outright(row) for row in rows)
    for row in rows:
        if row["company_weak"] and outright:
            continue
        if row["company_key_id"] is not None and row["company_facts"] != INHERITED:
            key, company = row["company_key_id"], row["company_id"]
        elif row["company_facts"] and row["company_id"] != company:
            events.name_company(tx, row["seq"], key, facts=1 if key is None else INHERITED)
            changed |= {one for one in (row["company_id"], company) if one is not None}
    return changed
