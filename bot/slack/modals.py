"""Windows as pure functions: Details (a skeleton first, then everything), and what a window remembers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.language import tr
from bot.service.handling.views import Record
from bot.service.identity.known_as import KnownAs
from bot.service.models.views import Course
from bot.service.views import Explanation, HistoryPage, LeadView
from bot.slack import ids
from bot.slack.answers import act_lines, paging
from bot.slack.blocks import (
    SECTION_LIMIT,
    VIEW_BLOCKS,
    Block,
    actions,
    button,
    context,
    divider,
    header,
    option,
    plain_section,
    plain_text,
    section,
)
from bot.slack.handling_words import handling_line
from bot.slack.identified import identifier_lines
from bot.slack.recorded import record_lines
from bot.slack.text import cut, mrkdwn, plain, utc, width
from bot.slack.words import (
    activity_line,
    complete_line,
    course_line,
    facts_line,
    reach_lines,
    reason_line,
    score_line,
    who_plain,
)

View = dict[str, Any]
METADATA_LIMIT: Final = 3000
MOST_OPTIONS: Final = 100
LEDGER_BLOCKS: Final = 30


def modal(title: str, blocks: Iterable[Block], **more: Any) -> View:
    close = plain_text(tr("Close"))
    return {"type": "modal", "title": plain_text(cut(title, 24)), "close": close, "blocks": list(blocks), **more}


def details_skeleton(number: int) -> View:
    """What opens at once, before anything was asked: a trigger lives for three seconds."""
    return modal(f"L-{number}", [section([tr("Loading …")])], callback_id=ids.DETAILS_MODAL)


def details_failed(number: int, sentence: str) -> View:
    return modal(f"L-{number}", [section([sentence])], callback_id=ids.DETAILS_MODAL)


def details_view(
    lead: LeadView,
    why: Explanation | None,
    history: HistoryPage | None,
    course: Course | None = None,
    known: Sequence[KnownAs] = (),
    record: Record | None = None,
) -> View:
    """Score over time, what was written down, ledger, timeline, history and identifiers of one lead."""
    written = record_lines(record) if record is not None else []
    blocks = [
        header(who_plain(lead.lead)),
        section([line for line in (mrkdwn(lead.title, 100), *(score_line(score) for score in lead.scores)) if line]
                or [tr("Not scored yet.")]),
        plain_section("\n".join(reach_lines(lead.contact))),
        section([handling_line(lead.handling)]),
        *_facts(lead, course),
        *(_part(tr("Written down"), written, ()) if written else ()),
        *_part(tr("Ledger"), [f"• {reason_line(line)}" for line in why.lines] if why else [], _sum(why)),
        *_timeline(history),
        *_part(tr("History"), act_lines(history) if history else [], ()),
        *(_part(tr("Known as"), identifier_lines(known), ()) if known else ()),
        *_pages(history),
    ]  # fmt: skip
    return modal(lead.lead.key, blocks[:VIEW_BLOCKS], callback_id=ids.DETAILS_MODAL)


def _facts(lead: LeadView, course: Course | None) -> tuple[Block, ...]:
    lines = (
        facts_line(lead.fit_facts),
        complete_line(lead.known_fields, lead.missing_fields),
        course_line(course) if course is not None else "",
    )
    told = [line for line in lines if line]
    return (context(*told),) if told else ()


def _sum(why: Explanation | None) -> tuple[Block, ...]:
    return (context(tr("Together: {score}", score=score_line(why.score))),) if why else ()


def _pages(history: HistoryPage | None) -> tuple[Block, ...]:
    if history is None or history.pages < 2:
        return ()
    row = paging(ids.Run("details", history.lead.key), history.page, history.pages)
    moves = {ids.RUN_BACK: ids.DETAILS_PAGE, ids.RUN_ON: ids.DETAILS_PAGE_OLDER}
    for element in row:
        element["action_id"] = moves[element["action_id"]]
    return (context(tr("Page {page} of {pages}", page=history.page, pages=history.pages)), *actions(row))


def _part(title: str, lines: Sequence[str], after: tuple[Block, ...]) -> tuple[Block, ...]:
    if not lines:
        return (divider(), section([f"*{title}*", tr("Nothing yet.")]))
    return (divider(), *_chunks([f"*{title}*", *lines]), *after)


def _timeline(history: HistoryPage | None) -> tuple[Block, ...]:
    """What the lead did; an event that counts for nothing has a button that lets it count again."""
    if history is None or not history.activities:
        return _part(tr("Timeline"), [], ())
    blocks: list[Block] = []
    lines = [f"*{tr('Timeline')}*"]
    for one in history.activities:
        line = f"• {activity_line(one, source=True)}"
        if one.quarantined is None or one.seq is None:
            lines.append(line)
            continue
        target = ids.EventTarget(history.lead.number, one.seq, history.page)
        blocks += [*_chunks(lines), section([line], button(tr("Restore"), ids.EVENT_RESTORE, target.as_value()))]
        lines = []
    return (divider(), *blocks, *_chunks(lines), *_quarantining(history))


def _quarantining(history: HistoryPage) -> tuple[Block, ...]:
    """A choice among the events of the page: the one that a machine made, which must not count."""
    counting = {one.seq: one for one in history.activities[:MOST_OPTIONS] if one.quarantined is None}
    options = [
        option(
            f"{plain(one.what or one.type, 45) or tr('something')} · {utc(one.at)}",
            ids.EventTarget(history.lead.number, seq, history.page).as_value(),
        )
        for seq, one in counting.items()
        if seq is not None
    ]
    if not options:
        return ()
    select: Block = {
        "type": "static_select",
        "action_id": ids.EVENT_QUARANTINE,
        "placeholder": plain_text(tr("Choose an event")),
        "options": options,
        "confirm": {
            "title": plain_text(tr("Take it out?")),
            "text": plain_text(tr("It stays in the timeline and is worth nothing. It can be restored.")),
            "confirm": plain_text(tr("Take it out")),
            "deny": plain_text(tr("Cancel")),
        },
    }
    return (section([tr("Was one of these no person? It can be taken out of the score.")], select),)


def _chunks(lines: Sequence[str]) -> list[Block]:
    """Sections of as many whole lines as fit; what does not fit into the part is said to be left out."""
    if not lines:
        return []
    chunks: list[list[str]] = [[]]
    for line in lines:
        if sum(width(one) + 1 for one in chunks[-1]) + width(line) > SECTION_LIMIT - 10:
            chunks.append([])
        chunks[-1].append(line)
    shown = [section(chunk) for chunk in chunks[:LEDGER_BLOCKS]]
    return [*shown, context(tr("… and more"))] if len(chunks) > LEDGER_BLOCKS else shown


@dataclass(frozen=True, slots=True)
class Kept:
    """What a window remembers until it is sent: the lead, the alert's key, where to answer."""

    number: int
    key: str = ""
    response_url: str = ""

    def as_metadata(self) -> str:
        text = json.dumps({"n": self.number, "k": self.key, "r": self.response_url})
        return text if len(text) <= METADATA_LIMIT else json.dumps({"n": self.number, "k": "", "r": ""})


def read_kept(metadata: str) -> Kept | None:
    """What `as_metadata` wrote, None for what it did not write."""
    try:
        found = json.loads(metadata)
        return Kept(int(found["n"]), str(found["k"]), str(found["r"]))
    except (ValueError, KeyError, TypeError):
        return None
