"""Publishing: a running service takes the model over, evaluates every lead silently, and forgets nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.service.models.views import Publication
from scoring.errors import InvalidModel
from tests.bot.service.drafts import VISIT, small
from tests.rig import DAY, SECOND, Rig, SetClock, rig, running


class Crash(BaseException):
    """The process ends here."""


def crash(_done: int, _total: int) -> None:
    raise Crash


async def publish(it: Rig, text: str, note: str | None = None) -> Publication:
    it.clock.pass_(SECOND)
    return await it.hotlead.core.publishing.publish(text, "anna", note)


async def publish_and_crash(it: Rig, text: str) -> None:
    """Published, and not one lead evaluated."""
    it.clock.pass_(SECOND)
    with pytest.raises(Crash):
        await it.hotlead.core.publishing.publish(text, "anna", None, crash)


async def visits(it: Rig, email: str, times: int) -> None:
    await it.send(*({**VISIT, "email": email} for _ in range(times)))
    await it.settle()


async def stored(it: Rig, email: str, model: str = "Small") -> tuple[int, str, int, int]:
    """Score, label, armed, version of a lead's stored evaluation."""
    (row,) = await it.rows(
        "SELECT s.score, s.label, s.armed, s.model_id FROM scores AS s JOIN leads AS l ON l.id = s.lead_id "
        "WHERE l.email = :email AND s.model = :model",
        email=email,
        model=model,
    )
    return row["score"] // 100, row["label"], row["armed"], row["model_id"]


async def test_a_running_service_takes_a_model_over_and_alerts_nobody(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visits(it, "anna@nord.example", 3)
        done = await publish(it, small(visit=20), "visits count double")
        await it.settle()
        assert it.alerts() == []
        assert await stored(it, "anna@nord.example") == (60, "hot", 0, 2)
        assert [(one.lead.email, one.was_label, one.lead.label) for one in done.found] == [
            ("anna@nord.example", "warm", "hot")
        ]
        assert (done.before, done.version.number, done.version.note) == (1, 2, "visits count double")
        assert (done.version.leads, done.version.rescored) == (1, 1)


async def test_new_events_are_scored_by_the_new_model_and_alert_as_ever(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visits(it, "bo@syd.example", 1)
        await publish(it, small(visit=30))
        await visits(it, "bo@syd.example", 1)
        (alert,) = it.alerts()
        assert "60" in alert.text


async def test_those_found_are_posted_when_somebody_says_so_and_only_once(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visits(it, "anna@nord.example", 3)
        await visits(it, "bo@syd.example", 1)
        await publish(it, small(visit=20))
        posted = await it.hotlead.core.publishing.post_found(2, "anna")
        await it.settle()
        assert (posted.posted, posted.cooled) == (1, 0)
        assert len(it.alerts()) == 1
        (crossing,) = await it.rows("SELECT cause, model_id, score FROM crossings")
        assert tuple(crossing) == ("publication", 2, 6000)
        again = await it.hotlead.core.publishing.post_found(2, "anna")
        assert again.posted == 0
        await it.settle()
        assert len(it.alerts()) == 1


async def test_a_lead_that_cooled_or_crossed_since_is_not_posted(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visits(it, "anna@nord.example", 3)
        await publish(it, small(visit=20))
        await it.later(101 * DAY)
        posted = await it.hotlead.core.publishing.post_found(2, "anna")
        assert (posted.posted, posted.cooled) == (0, 1)
        await it.settle()
        assert it.alerts() == []


async def test_a_model_whose_example_fails_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    example = """
[[example]]
name = "One visit"
events = [ { type = "page_viewed", at = "2026-01-01T00:00:00Z" } ]
expect = [ { at = "2026-01-01T00:00:00Z", score = 11 } ]
"""
    async with rig(tmp_path, model=small()) as it:
        with pytest.raises(InvalidModel, match="One visit"):
            await publish(it, small(visit=12, extra=example))
        assert len(await it.rows("SELECT id FROM models")) == 1


async def test_what_is_live_already_is_not_published_again(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small()) as it:
        done = await publish(it, small())
        assert done.unchanged
        assert len(await it.rows("SELECT id FROM models")) == 1


async def test_every_publication_has_one_audit_row_that_says_who_and_from_what_to_what(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small()) as it:
        await publish(it, small(visit=11), "a little more")
        await it.hotlead.core.publishing.rollback(1, "bo", "too many")
        rows = await it.rows(
            "SELECT actor, action, before, after, text FROM audit LEFT JOIN audit_notes AS n ON n.id = note_id "
            "WHERE action LIKE 'model_%' ORDER BY audit.id"
        )
        assert [tuple(row) for row in rows[1:]] == [
            ("anna", "model_published", "Small 1", "Small 2", "a little more"),
            ("bo", "model_rolled_back", "Small 2", "Small 3", "back to version 1: too many"),
        ]


async def test_a_rollback_gives_every_lead_its_old_score_and_alerts_nobody(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=20)) as it:
        await visits(it, "anna@nord.example", 2)
        await publish(it, small(visit=1))
        assert (await stored(it, "anna@nord.example"))[:2] == (2, "cold")
        it.clock.pass_(SECOND)
        await it.hotlead.core.publishing.rollback(1, "bo", None)
        await it.settle()
        assert await stored(it, "anna@nord.example") == (40, "warm", 1, 3)
        assert it.alerts() == []


async def test_the_alert_of_a_lead_that_the_new_model_puts_below_the_label_says_that_it_cooled(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visits(it, "anna@nord.example", 5)
        done = await publish(it, small(visit=1))
        await it.settle()
        (alert,) = it.alerts()
        assert "ooled" in str(alert.blocks)
        assert done.version.cooled == 1


async def test_the_alert_stays_while_another_model_still_has_the_lead_at_its_label(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await publish(it, small(name="Other", visit=10))
        await visits(it, "anna@nord.example", 5)
        done = await publish(it, small(visit=1))
        await it.settle()
        assert done.version.cooled == 0
        (lead,) = await it.rows("SELECT alert_id FROM leads")
        assert lead["alert_id"] is not None


async def test_a_stricter_hand_over_label_cools_what_no_longer_reaches_it(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10, label="warm")) as it:
        await visits(it, "anna@nord.example", 3)
        assert len(it.alerts()) == 1
        done = await publish(it, small(visit=10, label="hot"))
        assert done.version.cooled == 1


async def test_a_publication_concerns_the_model_of_its_name_alone(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visits(it, "anna@nord.example", 3)
        first = await publish(it, small(name="Other", visit=100))
        assert (first.before, first.version.rescored) == (None, 1)
        assert (await stored(it, "anna@nord.example"))[3] == 1
        assert await stored(it, "anna@nord.example", "Other") == (300, "hot", 0, 2)
        await publish(it, small(name="Other", visit=1))
        assert (await stored(it, "anna@nord.example"))[3] == 1
        assert await stored(it, "anna@nord.example", "Other") == (3, "cold", 1, 3)


# ---- while the rescore runs, and after a crash in the middle of it


async def test_an_event_that_comes_before_the_leads_turn_alerts_as_if_the_rescore_were_done(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visits(it, "anna@nord.example", 3)
        await publish_and_crash(it, small(visit=15))  # 45 now: below the label still
        await visits(it, "anna@nord.example", 1)
        assert len(it.alerts()) == 1
        assert await stored(it, "anna@nord.example") == (60, "hot", 0, 2)


async def test_a_lead_that_the_model_alone_made_hot_is_not_alerted_by_an_event_that_comes_meanwhile(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visits(it, "anna@nord.example", 3)
        await publish_and_crash(it, small(visit=20))
        await visits(it, "anna@nord.example", 1)
        assert it.alerts() == []
        (found,) = await it.rows("SELECT score, was_label FROM found")
        assert tuple(found) == (6000, "warm")


async def test_a_new_lead_that_comes_meanwhile_is_a_lead_like_any_other(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visits(it, "anna@nord.example", 1)
        await publish_and_crash(it, small(visit=20))
        await visits(it, "bo@syd.example", 3)
        assert len(it.alerts()) == 1


async def test_leads_found_that_are_one_by_now_are_posted_once(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visits(it, "anna@nord.example", 3)
        await it.send(*({**VISIT, "user_id": "u1"} for _ in range(3)))
        await publish(it, small(visit=20))
        assert len(await it.rows("SELECT lead_id FROM found")) == 2
        await it.send({"type": "signed_up", "email": "anna@nord.example", "user_id": "u1"})
        await it.settle()
        posted = await it.hotlead.core.publishing.post_found(2, "anna")
        await it.settle()
        assert (posted.posted, posted.failed) == (1, 0)
        assert len(it.alerts()) == 1


async def test_leads_that_become_one_while_the_rescore_runs_are_evaluated_as_one(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visits(it, "anna@nord.example", 1)
        await it.send({**VISIT, "user_id": "u1"})
        await publish_and_crash(it, small(visit=15))
        await it.send({"type": "signed_up", "email": "anna@nord.example", "user_id": "u1"})
        it.hotlead.core.publishing.resume()
        await it.hotlead.core.publishing.idle()
        await it.settle()
        rows = await it.rows("SELECT lead_id, score, model_id FROM scores")
        assert [tuple(row) for row in rows] == [(1, 3000, 2)]


async def test_a_change_of_company_facts_that_waits_for_its_evaluation_is_not_lost(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visits(it, "anna@nord.example", 1)
        await publish_and_crash(it, small(visit=11))
        traits = {"company": {"domain": "nord.example", "employees": 5000}}
        await it.send({"type": "form_submitted", "email": "bo@nord.example", "traits": traits})
        it.hotlead.core.publishing.resume()
        await it.settle()
        (alert,) = it.alerts()
        assert "111" in alert.text
        assert await it.rows("SELECT lead_id FROM found") == []


async def test_a_rescore_cut_short_goes_on_after_the_next_start_and_crosses_nobody_twice(tmp_path: Path) -> None:
    clock = SetClock()
    async with rig(tmp_path, clock=clock, model=small(visit=10)) as it:
        for number in range(3):
            await visits(it, f"p{number}@x{number}.example", 3)
        await publish_and_crash(it, small(visit=20))
        await it.hotlead.stop()
        clock.pass_(DAY)
        async with running(tmp_path, it.standin, it.workspace, clock) as again:
            await again.hotlead.core.publishing.idle()
            version = (await again.rows("SELECT done, total, ended_at FROM rescores"))[0]
            assert (version["done"], version["total"]) == (3, 3)
            assert version["ended_at"] == clock.now
            for number in range(3):
                assert await stored(again, f"p{number}@x{number}.example") == (60, "hot", 0, 2)
            await again.settle()
            assert again.alerts() == []
            assert len(await again.rows("SELECT lead_id FROM found")) == 3


async def test_what_was_due_before_the_publication_is_evaluated_under_the_model_that_was_live_then(
    tmp_path: Path,
) -> None:
    silent = """
[[never_alert]]
name = "Nobody"
when = { lead.status = "none such" }
"""
    async with rig(tmp_path, model=small(visit=10, cooldown="7d")) as it:
        await visits(it, "anna@nord.example", 5)
        it.clock.pass_(100 * DAY)  # the visits have expired, and nothing has looked
        await it.hotlead.core.publishing.publish(small(visit=10, cooldown="7d", extra=silent), "anna", None)
        rows = await it.rows("SELECT last_label, armed, dipped FROM scores")
        assert [tuple(row) for row in rows] == [("cold", 1, 0)]


async def test_the_summary_of_thousands_names_the_best_and_counts_all(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        for number in range(120):
            times = 3 if number < 60 else 1
            await it.send(*({**VISIT, "email": f"p{number}@x{number}.example"} for _ in range(times)))
        steps: list[tuple[int, int]] = []
        it.clock.pass_(SECOND)
        done = await it.hotlead.core.publishing.publish(
            small(visit=20), "anna", None, lambda a, b: steps.append((a, b))
        )
        assert steps == [(0, 120), (100, 120), (120, 120)]
        assert done.version.found == 60
        assert len(done.found) == 50
