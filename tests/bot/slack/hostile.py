"""Leads as an attacker fills them in, for property tests: every text field is anything at all."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from bot.service.explain_views import (
    CoolingPage,
    CoolingRow,
    Forecast,
    MissingFields,
    NearMiss,
    Shift,
    Step,
    Unlock,
)
from bot.service.handling.views import (
    Considered,
    DigestRow,
    DigestView,
    HomeView,
    Numbers,
    Record,
    RepView,
    ResultRow,
    RouteView,
    StatsView,
    TeamView,
)
from bot.service.identity.known_as import JoinedBy, KnownAs
from bot.service.models.views import Course, CoursePoint, LateFact, PastScore, PostedScore
from bot.service.views import (
    Act,
    Activity,
    AlertFacts,
    AlertView,
    Better,
    Colleague,
    Contact,
    ContactEntry,
    Explanation,
    Handling,
    HistoryPage,
    LeadRef,
    LeadView,
    ListPage,
    ListRow,
    Note,
    Notice,
    Outcome,
    Qualification,
    Reason,
    ScoreView,
    State,
)
from bot.slack.digest import TITLES as DIGEST_TITLES
from bot.slack.notice_sentences import NOTICES
from bot.slack.outcomes import OUTCOMES, WARNINGS
from scoring.explain import IfKnown, Unmet, WhyNot
from scoring.ledger import Line
from tests.bot.slack.fake_desk import NOON, STATUSES

NASTY = (
    "<!channel>",
    "<!here|x>",
    "<@U012ABCDEF>",
    "<#C012ABCDEF>",
    "<!subteam^S012ABCDEF>",
    "<https://evil.example|Log in>",
    "https://evil.example/login",
    "mailto:a@evil.example",
    "@channel @here @everyone",
    "&lt;!channel&gt;",
    "<!date^1^{date}^https://evil.example|x>",
    ":rotating_light: *bold* _it_ ~gone~ `code` ```block```",
    "&gt; quote\n> quote\n\n\n\n* list\r\n1. one",
    "\u202egnirts\u202c \u200b\u200b\ufeff \u2066x\u2069",
    "Z\u0351\u036b\u0343\u036a\u0342\u036b\u033d\u034f\u0334\u0319\u0324\u031ealgo" * 20,
    "\u3164\u2800\u115f",
    "\x00\x07\x1b[31m",
    "\ud800",
    "👩‍👩‍👧‍👦" * 60,
    "A" * 5000,
    "<" * 3000,
    "&" * 3000,
    "",
    "   ",
)


def _at(point: CoursePoint) -> int:
    return point.at


text = st.sampled_from(NASTY) | st.text(max_size=60) | st.lists(st.sampled_from(NASTY), max_size=4).map(" ".join)
maybe = st.none() | text
points = st.decimals(-100_000, 100_000, places=2)
at = st.integers(0, 2 * NOON)
number = st.integers(1, 10**12)
user = st.sampled_from(("U0AAAAAAAA", "W0BBBBBBBB"))

leads = st.builds(LeadRef, number, maybe, maybe, maybe, maybe, st.none() | points)
reasons = st.builds(Reason, maybe, text, points, st.integers(1, 10**6), st.none() | at, maybe,
                    st.sampled_from(("fit", "engagement", "adjustment")))  # fmt: skip
reasons_out = maybe | st.sampled_from(("burst", "unopened", "hand", "agent:x", "agent:", "address:hosting"))
activities = st.builds(
    Activity, at, text, text, maybe, st.none() | points, reasons_out, st.just(()), st.none() | st.integers(1, 10**12)
)
contacts = st.builds(Contact, maybe, maybe, st.sampled_from((None, "unsubscribed", "complained", "bounced")) | text)
qualifications = st.none() | st.builds(Qualification, maybe, maybe, maybe, maybe, st.none() | user, st.none() | at)
handlings = st.builds(
    Handling, st.sampled_from(State), st.sampled_from(STATUSES), st.none() | user, st.none() | at, st.none() | at,
    st.none() | at, st.booleans(), st.none() | at, st.none() | user, st.none() | at, st.none() | at, st.none() | at,
    st.none() | at, st.none() | at, st.none() | at, maybe, st.none() | st.decimals(0, 10**9, places=2),
    st.none() | st.dates().map(str), qualifications,
)  # fmt: skip
pairs = st.lists(st.tuples(text, text), max_size=12).map(tuple)
some_reasons = st.lists(reasons, max_size=30).map(tuple)
some_activities = st.lists(activities, max_size=12).map(tuple)
texts = st.lists(text, max_size=9).map(tuple)

facts = st.builds(
    AlertFacts, leads, maybe, text, text, maybe, points, points, points, at, some_reasons, pairs, some_activities
)
alerts: st.SearchStrategy[AlertView] = st.builds(
    AlertView,
    alert_id=number,
    key=st.text("abc:123-", min_size=1, max_size=200),
    facts=facts,
    contact=contacts,
    handling=handlings,
    colleagues=st.lists(st.builds(Colleague, leads, user, maybe), max_size=9).map(tuple),
    better=st.none() | st.builds(Better, maybe, maybe, maybe, st.none() | number),
    shadow=st.booleans(),
    crm_url=maybe | st.sampled_from(("https://crm.example/1", "https://crm.example@evil.example/", "javascript:x")),
)
scores: st.SearchStrategy[Any] = st.builds(
    ScoreView, text, st.none() | points, points, points, maybe, maybe, maybe, texts, texts, texts, some_reasons,
    st.none() | at, st.none() | at,
)  # fmt: skip
lead_views = st.builds(
    LeadView, leads, maybe, contacts, st.lists(scores, max_size=4).map(tuple), handlings, pairs, texts, texts, maybe
)
acts = st.builds(Act, at, user | st.just("hotlead") | text, text, maybe, maybe, maybe)
histories = st.builds(
    HistoryPage, leads, some_activities, st.lists(acts, max_size=12).map(tuple),
    st.integers(1, 5), st.integers(1, 5), st.integers(0, 99),
)  # fmt: skip
others = st.lists(scores, max_size=7).map(tuple)
explanations = st.builds(Explanation, leads, scores, st.lists(reasons, max_size=60).map(tuple), at, others)
words_of_models = st.lists(text, max_size=12).map(tuple)
why_nots = st.builds(
    WhyNot, st.sampled_from((None, "hot", "warm", "cold")), st.none() | points, st.none() | points, st.none() | points,
    words_of_models, words_of_models,
    st.lists(st.builds(Unmet, text, text, points, words_of_models), max_size=30).map(tuple),
    st.lists(st.builds(IfKnown, text, points, maybe, st.sampled_from(("hot", "waiting"))), max_size=30).map(tuple),
)  # fmt: skip
near_misses = st.builds(NearMiss, leads, scores, st.none() | why_nots)
shifts = st.lists(st.builds(Shift, maybe, text, points, points), max_size=9).map(tuple)
steps = st.builds(Step, at, st.none() | points, maybe, maybe, shifts, st.booleans())
forecasts = st.builds(Forecast, leads, scores, st.lists(steps, max_size=9).map(tuple))
course_points = st.builds(CoursePoint, at, st.none() | points, maybe)
courses = st.builds(
    Course, leads, text, st.lists(course_points, max_size=40).map(lambda found: tuple(sorted(found, key=_at))), at,
    st.just(()), st.just(()), st.just(()),
)  # fmt: skip
lines = st.builds(
    Line, maybe, text, st.integers(-10**6, 10**6), st.sampled_from(("fit", "engagement", "adjustment")), st.none(),
    maybe, st.none() | at, text, st.none() | st.integers(1, 99), st.none() | at,
)  # fmt: skip
ledgers = st.lists(lines, max_size=40).map(tuple)
posted = st.builds(PostedScore, at, text, st.integers(1, 99), points, maybe, text, ledgers)
late_facts = st.lists(
    st.builds(LateFact, at, at, text, text, maybe, st.none() | points, texts, st.booleans()), max_size=20
).map(tuple)
pasts = st.builds(
    PastScore, leads, text, st.integers(1, 99), at, scores, ledgers, st.none() | scores, ledgers, late_facts,
    late_facts, st.none() | posted,
)  # fmt: skip
cooling = st.builds(
    CoolingPage, st.lists(st.builds(CoolingRow, leads, maybe, handlings, at, maybe), max_size=10).map(tuple),
    st.just(14), st.integers(1, 5), st.integers(1, 5), st.integers(0, 99), st.booleans(),
)  # fmt: skip
unlocks = st.builds(Unlock, text, st.integers(0, 99), st.integers(0, 99), st.lists(leads, max_size=3).map(tuple))
missing = st.builds(MissingFields, text, text, st.lists(unlocks, max_size=30).map(tuple), st.just(5), st.just(9))
joined = st.builds(JoinedBy, text, st.sampled_from(("together", "alias", "instruction")), at, maybe)
known_as = st.lists(
    st.builds(KnownAs, st.sampled_from(("email", "user_id", "phone")) | text, text, at, st.lists(joined).map(tuple)),
    max_size=20,
).map(tuple)
entries = st.builds(ContactEntry, at, user, text, text, maybe)
notes = st.builds(Note, at, user, text, maybe)
records = st.builds(
    Record, leads, st.lists(entries, max_size=30).map(tuple), st.lists(notes, max_size=30).map(tuple),
    st.none() | st.builds(Qualification, maybe, maybe, maybe, maybe),
)  # fmt: skip
rows = st.builds(ListRow, leads, maybe, handlings, st.none() | at)
lists = st.builds(
    ListPage, st.sampled_from(("hot", "mine", "odd")), st.lists(rows, max_size=20).map(tuple),
    st.integers(1, 5), st.integers(1, 5), st.integers(0, 10**6),
)  # fmt: skip
warnings = st.lists(st.sampled_from((*WARNINGS, "budget", "need", "odd")), max_size=5).map(tuple)
outcomes = st.builds(
    Outcome, st.booleans(), st.sampled_from((*OUTCOMES, "odd")), leads, handlings, st.none() | contacts, maybe, maybe,
    warnings,
)  # fmt: skip
dates = st.lists(st.tuples(text, text), max_size=3).map(tuple)
some_leads = st.lists(leads, max_size=15).map(tuple)
reps = st.builds(
    RepView, user, maybe, maybe, dates, st.none() | st.integers(0, 99), texts, texts, maybe, st.integers(0, 99),
    st.integers(0, 99), st.integers(0, 99), maybe, some_leads, texts,
)  # fmt: skip
some_rows = st.lists(rows, max_size=15).map(tuple)
teams = st.builds(
    TeamView, st.lists(reps, max_size=30).map(tuple), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99),
    some_leads, some_rows,
)  # fmt: skip
routes = st.builds(
    RouteView, leads, text, text, maybe, text, text, st.none() | user, st.none() | at,
    st.lists(st.builds(Considered, user, text), max_size=30).map(tuple),
    st.lists(st.tuples(text, st.booleans()), max_size=30).map(tuple), st.booleans(),
)  # fmt: skip
counts = st.integers(0, 99)
numbers = st.builds(Numbers, at, counts, counts, counts, counts, counts, counts, counts, st.none() | at, st.none() | at)
results = st.builds(ResultRow, text, counts, counts, counts, counts, counts, counts, counts, counts)
some_results = st.lists(results, max_size=12).map(tuple)
reasons_counted = st.lists(st.tuples(text, counts), max_size=9).map(tuple)
stats = st.builds(
    StatsView, at, at, results,
    st.dictionaries(st.sampled_from(("cell", "rule", "model", "channel", "rep")), some_results), numbers,
    reasons_counted, reasons_counted, reasons_counted, counts,
)  # fmt: skip
homes = st.builds(
    HomeView, reps, some_rows, some_rows, some_rows, some_rows, some_rows, numbers, some_rows,
    st.dictionaries(st.sampled_from(("mine", "open")), st.integers(0, 999)),
)  # fmt: skip
digest_rows = st.builds(DigestRow, leads, st.none() | user, st.none() | at, maybe, maybe)
digests = st.builds(
    DigestView, user, at, at,
    st.dictionaries(st.sampled_from((*DIGEST_TITLES, "odd")), st.lists(digest_rows, max_size=10).map(tuple)),
    st.dictionaries(st.sampled_from(tuple(DIGEST_TITLES)), st.integers(10, 99)), results, numbers, reasons_counted,
    st.booleans(),
)  # fmt: skip
notices = st.builds(
    Notice, st.sampled_from((*NOTICES, "odd")), st.none() | leads, st.none() | contacts, st.none() | handlings, maybe,
    maybe, st.none() | user, st.none() | at, maybe, st.booleans(), maybe, st.none() | user, st.none() | at, maybe,
    st.lists(leads, max_size=30).map(tuple), st.none() | leads, some_activities,
)  # fmt: skip
