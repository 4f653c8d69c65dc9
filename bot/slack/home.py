"""The Home tab as a pure function: a rep's leads by deadline, what is offered to them and free, their figures.

Managers see the team as well: what nobody has, what is late, how every rep stands, with buttons to hand over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from bot.language import mark, tr
from bot.service.handling.views import HomeView, Numbers, TeamView
from bot.service.views import ListRow
from bot.slack import ids
from bot.slack.alert import lead_button
from bot.slack.answers import row_lines
from bot.slack.blocks import VIEW_BLOCKS, Block, actions, button, context, divider, header, section
from bot.slack.team import numbers_line, team_blocks
from bot.slack.text import moment
from bot.slack.words import more
from scoring.instants import Instant

View = dict[str, Any]
SHOWN: Final = 6
AS_OF: Final = "as_of"
_LISTS: Final = (("mine", mark("All my leads")), ("unclaimed", mark("All that are free")), ("hot", mark("Hot leads")))


def home_view(home: HomeView, now: Instant, team: TeamView | None = None, numbers: Numbers | None = None) -> View:
    """Everything on one page, what is urgent first."""
    free = (ids.CLAIM, ids.DETAILS) if team is None else (ids.CLAIM, ids.REASSIGN, ids.DETAILS)
    none_of_mine, none_free = tr("You have no leads. Claim one below."), tr("Nothing is waiting.")
    blocks = [
        *(_part(tr("Offered to you"), home.offered, (ids.CLAIM, ids.RELEASE, ids.DETAILS)) if home.offered else ()),
        *_part(tr("Your leads"), home.mine, (ids.LOG, ids.DETAILS), none_of_mine, home.more.get("mine")),
        *(_part(tr("Still working on these?"), home.stale, (ids.STILL, ids.DETAILS)) if home.stale else ()),
        *(_part(tr("Snoozed"), home.snoozed, (ids.WAKE, ids.DETAILS)) if home.snoozed else ()),
        *_part(tr("Free to claim"), home.open, free, none_free, home.more.get("open")),
        *actions([button(tr(title), f"{ids.RUN}_{name}", ids.Run("leads", name).as_value()) for name, title in _LISTS]),
        divider(),
        section([f"{tr('*Your last 30 days*')} {numbers_line(home.numbers)}"]),
        *_for_managers(home, team, numbers),
        {**context(tr("As of {when}. Times are yours.", when=moment(now))), "block_id": AS_OF},
    ]
    return {"type": "home", "blocks": blocks[:VIEW_BLOCKS]}


def refused_view(sentence: str) -> View:
    """What somebody sees who may not work on leads."""
    return {"type": "home", "blocks": [section([sentence])]}


def _part(
    title: str, rows: Sequence[ListRow], acts: Sequence[str], empty: str = "", total: int | None = None
) -> list[Block]:
    blocks = [header(title), *([] if rows else [section([empty or tr("Nothing.")])])]
    blocks += [block for row in rows[:SHOWN] for block in _row(row, acts)]
    rest = max(total or 0, len(rows)) - min(len(rows), SHOWN)
    return [*blocks, *([context(more(rest))] if rest > 0 else [])]


def _row(row: ListRow, acts: Sequence[str]) -> tuple[Block, ...]:
    target = ids.Target(row.lead.number)
    return (section(row_lines(row)), *actions([lead_button(act, target) for act in acts]))


def _for_managers(home: HomeView, team: TeamView | None, numbers: Numbers | None) -> list[Block]:
    if team is None:
        return []
    late = [block for row in home.overdue[:SHOWN] for block in _row(row, (ids.REASSIGN, ids.DETAILS))]
    blocks = [header(tr("The team"))]
    if numbers is not None:
        blocks.append(section([f"{tr('*Last 30 days*')} {numbers_line(numbers)}"]))
    if late:
        blocks += [section([tr("*Past their deadline*")]), *late]
    above = {row.lead.number for row in home.open[:SHOWN]}  # these have a Reassign button already
    further = tuple(row for row in team.longest_open if row.lead.number not in above)
    return [*blocks, *_renamed(team_blocks(replace(team, longest_open=further)))]


def _renamed(blocks: Sequence[Block]) -> list[Block]:
    """The team's row of lists, apart from the rep's own."""
    return [{**block, "block_id": "team_lists"} if block["type"] == "actions" else block for block in blocks]
