"""A changed configuration of identity is applied at start: one audited, silent recomputation of who is who.

Whatever was derived is derived again from the stored events: who was named together, who is past a limit, sets,
subjects, identifications and companies. Leads change as they do step by step, but nobody is alerted.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Any, Final

import structlog

from bot.language import counted
from bot.service.identity.at_hand import Known
from bot.service.identity.attribution import keep_reach
from bot.service.identity.company_naming import that_count
from bot.service.identity.identifiers import ANONYMOUS_ID, EMAIL, USER_ID
from bot.service.identity.index import Identity
from bot.service.identity.inheriting import inherit
from bot.service.identity.joining import is_past_limit
from bot.service.identity.merging import Merging
from bot.service.identity.rules import NOBODY, NORMAL, PAST
from bot.service.identity.sets import Region
from bot.service.identity.subjects import Rewritten, choose
from bot.service.scorebook import HISTORY, Scorebook
from bot.storage import audit, events, identities, meta, rederiving, scores
from bot.storage.store import Store, Tx
from scoring.instants import Instant

log = structlog.get_logger(__name__)

_KEY: Final = "identity"
_CHUNK: Final = 2_000


class Reconfiguring:
    """Compares the configuration with the one that the store was derived by."""

    def __init__(self, store: Store, identity: Identity, merging: Merging, scorebook: Scorebook) -> None:
        self._store = store
        self._identity = identity
        self._merging = merging
        self._scorebook = scorebook

    async def apply(self, now: Instant) -> bool:
        """Derive everything anew if the configuration changed; whether it did."""
        fingerprint = self._identity.rules.fingerprint()
        before = await self._store.read(lambda tx: meta.get(tx, _KEY))
        if before == fingerprint:
            return False
        changed = await self._store.write(lambda tx: self._apply(tx, before, fingerprint, now))
        self._identity.forget()
        return changed

    def _apply(self, tx: Tx, before: str | None, fingerprint: str, now: Instant) -> bool:
        meta.put(tx, _KEY, fingerprint)
        keep_reach(tx, self._identity.rules.reach)
        if before is None or not events.last_seq(tx):
            return False
        log.info("identity_recomputed", events=events.last_seq(tx))
        changed = self.recompute(tx, now)
        audit.record(
            tx,
            at=now,
            actor=audit.SYSTEM,
            action="identity_configured",
            before=before[:12],
            after=f"{fingerprint[:12]}, {counted(changed, 'lead')} changed",
        )
        return True

    def recompute(self, tx: Tx, now: Instant) -> int:
        """Derive everything anew; how many leads became others."""
        identity = self._identity
        while self._scorebook.due(tx, now):
            pass
        identity.forget()
        self._scorebook.histories.forget_all()
        rederiving.forget(tx)
        self._stand_alone(tx)
        self._name_together(tx, now)
        self._pass_limits(tx)
        identity.forget()
        region = self._region(tx)
        said = identity.standing.verdicts(tx)
        changed = identity.changes.apply(tx, region, said, now, rewrite=lambda tx: self._belong(tx, now))
        self._evaluate(tx, changed.leads, now)
        identity.forget()
        return len(changed.leads)

    def _stand_alone(self, tx: Tx) -> None:
        """What each identifier is by itself."""
        said = self._identity.standing.verdicts(tx)
        known = self._identity.names.load(tx, rederiving.identifiers(tx))
        nobody = {one.row for one in known.values() if one.own} | said.nobody
        identities.set_standing(tx, (row for row in known if row not in nobody), NORMAL)
        identities.set_standing(tx, nobody, NOBODY)
        identities.give(tx, nobody, None)

    def _events(self, tx: Tx) -> Iterator[tuple[Any, list[int], list[int]]]:
        """Every event of a sender, with whom it means and who they were said to be."""
        said = self._identity.standing.verdicts(tx)
        after = 0
        while rows := rederiving.events_after(tx, after, _CHUNK):
            after = rows[-1]["seq"]
            for row in rows:
                if row["source"] == events.OURS:
                    continue
                texts = (row["identifiers"], row["alias_of"] or "[]")
                named, previous = (
                    list(dict.fromkeys(said.correct(one, row["occurred_at"]) for one in json.loads(text)))
                    for text in texts
                )
                yield row, named, previous

    def _name_together(self, tx: Tx, now: Instant) -> None:
        known = self._identity.names.load(tx, rederiving.identifiers(tx))
        for row, named, previous in self._events(tx):
            since = row["occurred_at"] if row["quarantined"] is None else None
            pairs = [pair for a, b in combinations(named, 2) for pair in ((a, known[b].kind, b), (b, known[a].kind, a))]
            identities.name_together(tx, pairs, since, now)
            for one, other in product(named, previous) if since is not None else ():
                new = known[one].kind in (USER_ID, EMAIL)
                if new and one != other and known[other].kind != ANONYMOUS_ID:
                    identities.alias(tx, one, other, row["occurred_at"])

    def _pass_limits(self, tx: Tx) -> None:
        rules, said = self._identity.rules, self._identity.standing.verdicts(tx)
        counts: dict[tuple[int, str], Counter[str]] = {}
        for row in rederiving.counts(tx):
            counts.setdefault((row["a"], row["of_kind"]), Counter())[row["kind"]] = row["n"]
        past = [
            row
            for (row, kind), count in counts.items()
            if row not in said.cleared and is_past_limit(rules, kind, count)
        ]
        identities.set_standing(tx, past, PAST)

    def _region(self, tx: Tx) -> Region:
        """The sets of all identifiers that an event names which is not quarantined."""
        named: set[int] = set()
        for row, people, previous in self._events(tx):
            if row["quarantined"] is None:
                named.update(people, previous)
        named.update(rederiving.by_hand(tx))
        known = self._identity.names.load(tx, named)
        starts = [row for row, one in known.items() if one.kind != ANONYMOUS_ID]
        region = self._identity.sets(tx).around(tx, starts)
        region.known |= {row: one for row, one in known.items() if row not in region.known}
        return region

    def _belong(self, tx: Tx, now: Instant) -> Rewritten:
        """By whom each event belongs, whom it identifies, and which company it names."""
        identity = self._identity
        identity.forget()
        known = identity.names.load(tx, rederiving.identifiers(tx))
        found = Rewritten()
        for row, named, previous in self._events(tx):
            meant = [known[one] for one in named]
            subject = choose(identity.rules, meant)
            new = subject.row if subject is not None else next(iter(named), None)
            since = row["occurred_at"] if row["quarantined"] is None else None
            company = identity.companies.named(
                tx, row["type"], json.loads(row["traits"]), since, that_count(meant), now
            )
            rederiving.say(tx, row["seq"], subject=new, key=company.key_id, facts=company.facts, weak=company.weak)
            if subject is not None and row["quarantined"] is None:
                found.subjects.add(subject.row)
                self._identify(tx, row, subject, [*meant, *(known[one] for one in previous)])
        return found

    @staticmethod
    def _identify(tx: Tx, row: Any, subject: Known, named: Sequence[Known]) -> None:
        if subject.kind == ANONYMOUS_ID:
            return
        for visitor in named:
            if visitor.kind == ANONYMOUS_ID:
                identities.identify(
                    tx,
                    anonymous_id=visitor.row,
                    subject_id=subject.row,
                    occurred_at=row["occurred_at"],
                    source=row["source"],
                    event_id=row["id"],
                    by_mail=row["type"].startswith("email_"),
                )

    def _evaluate(self, tx: Tx, changed: set[int], now: Instant) -> None:
        """Every lead is evaluated silently: those that changed at once, all others in the due loop."""
        for lead_id in rederiving.with_unnamed_facts(tx):
            inherit(tx, lead_id)
        for lead_id in rederiving.lead_ids(tx):
            if lead_id in changed or not scores.of_lead(tx, lead_id):
                self._scorebook.describe(tx, lead_id, now)
                self._scorebook.evaluate(tx, lead_id, now, HISTORY, silent=True)
            else:
                self._scorebook.make_due(tx, [lead_id], now, HISTORY)
            self._scorebook.histories.forget(lead_id)
        self._merging.settle(tx, now)
