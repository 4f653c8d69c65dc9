"""What was said in a workspace is there again in the next run."""

from pathlib import Path

from bot.standin import DemoWorkspace, bring_back, keep


def test_messages_threads_and_direct_messages_come_back_under_their_ids(tmp_path: Path) -> None:
    before = DemoWorkspace(now=lambda: 10**15)
    alert = before.messages.post(before.sales, before.bot_user, "hot", metadata={"event_type": "x"})
    before.messages.post(before.sales, before.bot_user, "line", thread_ts=alert.ts)
    conversation = before.dm(before.reps[0])
    before.messages.post(conversation.id, before.bot_user, "yours")
    keep(before, tmp_path / "said.json")
    after = DemoWorkspace(now=lambda: 2 * 10**15)
    assert bring_back(after, tmp_path / "said.json") == 3
    assert after.messages.get(after.sales, alert.ts).metadata == {"event_type": "x"}
    assert [message.text for message in after.messages.thread(after.sales, alert.ts)] == ["hot", "line"]
    assert after.dm(after.reps[0]).id == conversation.id


def test_a_run_with_another_seed_gives_other_tickets_to_the_same_people(tmp_path: Path) -> None:
    first, second = DemoWorkspace(now=lambda: 1), DemoWorkspace(now=lambda: 1)
    second.ids.reseed("run 2")
    assert first.people == second.people
    assert first.ids.secret() != second.ids.secret()
    assert bring_back(second, tmp_path / "nothing.json") == 0
