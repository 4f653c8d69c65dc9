"""Slash commands: what people type, and what only they are answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.service.views import Actor, HealthLine, Role, State
from bot.slack import commands, ids
from bot.slack.commands.base import Verb
from bot.slack.commands.grammar import clean, name_of_lead, split_status
from bot.slack.commands.suggest import nearest, nearest_status
from bot.standin import Fault
from tests.bot.slack.fake_desk import STATUSES, facts
from tests.bot.slack.world import World


@pytest.mark.parametrize("text", ["L-1", "score L-1", "SCORE l-1", "lead1@nordwind.example", "anna", "nord ann"])
async def test_no_verb_means_score_and_a_lead_is_named_in_many_ways(world: World, text: str) -> None:
    world.desk.add()
    answer = await world.ask(text)
    assert answer.text.startswith("Anna Berg, Nordwind A/S (L-1), Hot · A1 · 87 points.")


@pytest.mark.parametrize(
    "text",
    [
        "<mailto:lead1@nordwind.example|lead1@nordwind.example>",
        "why <mailto:lead1@nordwind.example>",
        "score <@U012ABCDEF|anna>",
        "“anna berg”",
        "why ‘anna’",
        "L–1",
        "score L — 1",
        "anna\u00a0berg",
        "&quot;anna&quot;",
    ],
)
async def test_what_slack_and_phones_make_of_the_words_is_understood(world: World, text: str) -> None:
    world.desk.add()
    assert "Anna Berg" in (await world.ask(text)).text


async def test_a_colleague_named_by_id_alone_is_no_lead(world: World) -> None:
    assert "That is a colleague" in (await world.ask("score <@U012ABCDEF>")).text


async def test_a_verb_without_who_says_what_to_type(world: World) -> None:
    assert (await world.ask("claim")).text == "Which lead? Type `/lead claim WHO`"


@pytest.mark.parametrize("typed", ["L-1", "why l-1", "claim L-1", "find L-1"])
async def test_the_number_of_a_lead_that_was_erased_says_so(world: World, typed: str) -> None:
    world.desk.add()
    await world.parts.erases.erase(1, world.shop.manager)
    assert (await world.ask(typed)).text == "L-1 was erased. Nothing is left to work on."
    assert (await world.ask("L-2")).text.startswith("No lead matches “L-2”.")


async def test_nobody_found_says_how_to_name_a_lead(world: World) -> None:
    assert (await world.ask("why zoe")).text.startswith("No lead matches “zoe”.")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("why L-1 tomorrow", "“tomorrow” is not understood here. Type `/lead why WHO [WHEN]`"),
        ("claim lead1@nordwind.example please", "“please” is not understood here. Type `/lead claim WHO`"),
        ("snooze L-1 sometime", "“sometime” is not understood here. *Anna Berg*, Nordwind A/S (L-1): "),
        ("lost L-1 banana", "“banana” is not understood here. *Anna Berg*, Nordwind A/S (L-1): "),
        ("status L-1 banana", "“banana” is no status. *Anna Berg*, Nordwind A/S (L-1): "),
    ],
)
async def test_words_behind_a_number_or_an_address_that_mean_nothing_are_said_not_the_lead(
    world: World, typed: str, said: str
) -> None:
    world.desk.add()
    assert (await world.ask(typed)).text.startswith(said)
    assert world.desk.acts == []


async def test_several_leads_are_choices_whose_buttons_do_what_was_asked(world: World) -> None:
    world.desk.add(1)
    world.desk.add(2, made=facts(2, "Anna Lind"))
    answer = await world.ask("claim anna")
    assert "2 leads match" in answer.text
    buttons = [block["accessory"] for block in answer.blocks if "accessory" in block]
    block_ids = [block["block_id"] for block in answer.blocks if "accessory" in block]
    assert [button["text"]["text"] for button in buttons] == ["Claim", "Claim"]
    await world.press(answer, ids.RUN, block=block_ids[1])
    assert world.desk.acts == [("claim", 2, world.rep)]


async def test_many_choices_are_paged_in_place(world: World) -> None:
    for number in range(1, 20):
        world.desk.add(number)
    answer = await world.ask("find anna")
    assert "page 1 of 3" in answer.blocks[0]["text"]["text"]
    await world.press(answer, ids.RUN_ON)
    (changed,) = world.slack.ephemerals(world.rep)
    assert "page 2 of 3" in changed.blocks[0]["text"]["text"]
    assert "L-9" in changed.text


async def test_why_lists_the_ledger_and_its_sum(world: World) -> None:
    world.desk.add()
    answer = await world.ask("why L-1")
    assert "has 87:" in answer.text
    assert "Careers page" in answer.text
    assert "(−10)" in answer.text


async def test_history_is_paged(world: World) -> None:
    world.desk.add()
    answer = await world.ask("history anna")
    await world.press(answer, ids.RUN_ON)
    assert "page 2 of 3" in str(world.slack.ephemerals(world.rep)[-1].blocks)


async def test_claim_answers_with_contact_details_and_the_deadline(world: World) -> None:
    world.desk.add()
    answer = await world.ask("claim anna")
    assert answer.text.startswith("You have Anna Berg, Nordwind A/S (L-1). Follow up by")
    assert "lead1@nordwind.example" in answer.text


async def test_release_gives_it_back(world: World) -> None:
    world.desk.add()
    await world.type("claim L-1")
    assert "back with the team" in (await world.ask("release L-1")).text


@pytest.mark.parametrize(
    ("text", "who", "key", "reason"),
    [
        ("anna berg open deal", "anna berg", "deal", None),
        ("anna OPEN-DEAL", "anna", "deal", None),
        ("L-1 attempting contact", "L-1", "attempting", None),
        ("L-1 attempting", "L-1", "attempting", None),
        ('anna lost "no budget this year"', "anna", "lost", "no budget this year"),
        ('"anna berg" lost', "anna berg", "lost", None),
    ],
)
def test_the_longest_status_at_the_end_is_the_status(text: str, who: str, key: str, reason: str | None) -> None:
    wish = split_status(clean(text).text, STATUSES)
    assert (wish.who, wish.status and wish.status.key, wish.reason) == (who, key, reason)


async def test_status_sets_it_and_says_what_it_was(world: World) -> None:
    world.desk.add()
    assert (await world.ask("status anna open deal")).text == (
        "Anna Berg, Nordwind A/S (L-1) is now Open deal (was New)."
    )


async def test_a_reason_may_follow_in_curly_quotes(world: World) -> None:
    world.desk.add()
    await world.type("status anna lost “no budget”")
    assert world.desk.reasons == ["no budget"]


async def test_status_alone_says_where_it_stands_and_what_can_be_chosen(world: World) -> None:
    world.desk.add()
    answer = await world.ask("status anna")
    assert "Open deal" in answer.text
    await world.press(answer, ids.SET_STATUS)
    assert world.modal().callback_id == ids.STATUS_MODAL


async def test_a_mistyped_status_gets_a_suggestion_that_one_press_does(world: World) -> None:
    world.desk.add()
    answer = await world.ask("status anna opne deal")
    assert answer.text == "“opne deal” is no status. Did you mean `/lead status anna deal`?"
    await world.press(answer, ids.RUN)
    assert world.desk.acts == [("status deal", 1, world.rep)]


@pytest.mark.parametrize("typed", ['status anna "open deal"', 'status "anna berg" open-deal', "status L-1 'deal'"])
async def test_a_status_or_a_name_may_stand_in_quotes(world: World, typed: str) -> None:
    world.desk.add()
    await world.type(typed)
    assert world.desk.acts == [("status deal", 1, world.rep)]


@pytest.mark.parametrize(("typed", "ours"), [("unclaim anna", "release anna"), ("Reject anna", "notfit anna")])
async def test_another_word_for_a_verb_is_never_taken_for_its_opposite(world: World, typed: str, ours: str) -> None:
    world.desk.add()
    assert f"Did you mean `/lead {ours}`?" in (await world.ask(typed)).text


async def test_a_mistyped_verb_gets_a_suggestion_that_one_press_does(world: World) -> None:
    world.desk.add()
    answer = await world.ask("clam anna")
    assert answer.text == "No lead matches “clam anna”. Did you mean `/lead claim anna`?"
    await world.press(answer, ids.RUN)
    assert world.desk.acts == [("claim", 1, world.rep)]


async def test_a_lead_whose_name_is_like_a_verb_is_still_found(world: World) -> None:
    world.desk.add(made=facts(name="Claym Scott"))
    assert "Claym Scott" in (await world.ask("claym")).text


@pytest.mark.parametrize("text", ["", "help", "HELP"])
async def test_lead_alone_and_help_list_every_verb(world: World, text: str) -> None:
    answer = await world.ask(text)
    for verb in commands.FAMILIES["lead"].verbs:
        assert (verb.help in answer.text) == (verb.role is Role.REP)


async def test_hotlead_help_lists_all_three_commands(world: World) -> None:
    answer = await world.ask("", "/hotlead")
    for family in commands.FAMILIES.values():
        for verb in family.verbs:
            assert (verb.help in answer.text) == (verb.role is Role.REP)


async def test_health_says_what_is_wrong_and_what_to_do(world: World) -> None:
    world.health.append(HealthLine("Slack", False, "#sales is archived. Unarchive it."))
    answer = await world.ask("health", "/hotlead")
    assert answer.text.startswith("1 of 2 needs attention, as of <!date^")  # in the zone of whoever reads
    assert "#sales is archived. Unarchive it." in answer.text


async def test_a_list_has_a_claim_button_for_what_is_free_and_details_for_what_is_not(world: World) -> None:
    world.desk.add(1)
    case = world.desk.add(2, made=facts(2, "Bo Lind"))
    case.handling = replace(case.handling, state=State.CLAIMED, owner=world.other)
    answer = await world.ask("", "/leads")
    accessories = [block["accessory"]["action_id"] for block in answer.blocks if "accessory" in block]
    assert accessories == [ids.CLAIM, ids.DETAILS]
    assert answer.text.startswith("Hot leads, 2 in all: ")


async def test_a_long_list_is_paged_in_place(world: World) -> None:
    for number in range(1, 12):
        world.desk.add(number)
    answer = await world.ask("unclaimed", "/leads")
    await world.press(answer, ids.RUN_ON)
    (changed,) = world.slack.ephemerals(world.rep)
    assert "page 2 of 2" in changed.text
    await world.press(changed, ids.RUN_BACK)
    assert "page 1 of 2" in world.slack.ephemerals(world.rep)[-1].text


@pytest.mark.parametrize(("name", "said"), [("mine", "You have no leads."), ("hot", "No lead is hot right now.")])
async def test_an_empty_list_says_so(world: World, name: str, said: str) -> None:
    assert (await world.ask(name, "/leads")).text.startswith(said)


async def test_a_mistyped_list_gets_a_suggestion(world: World) -> None:
    assert "Did you mean `/leads unclaimed`?" in (await world.ask("unclamed", "/leads")).text
    assert (
        "There are: hot, warm, mine, team, unclaimed, offered, overdue, snoozed, stale"
        in (await world.ask("xyzzy", "/leads")).text
    )


async def test_answers_are_seen_by_nobody_else(world: World) -> None:
    world.desk.add()
    await world.type("anna")
    assert world.slack.messages(world.shop.sales) == ()
    assert world.slack.ephemerals(world.other) == ()


async def test_a_command_is_acknowledged_while_the_desk_is_broken_and_the_person_is_told(world: World) -> None:
    world.desk.broken = True
    assert (await world.ask("anna")).text.startswith("Something went wrong")


async def test_a_command_whose_text_has_the_word_payload_in_it_works(world: World) -> None:
    world.desk.add(made=facts(name="Payload Inc"))
    assert "Payload Inc" in (await world.ask("find payload")).text


async def test_an_answer_waits_out_a_rate_limit(world: World) -> None:
    world.slack.inject(Fault("429", "response_url", retry_after=0))
    assert (await world.ask("help")).text.startswith("What you can type")


async def test_a_verb_for_managers_is_refused_to_a_rep_and_not_in_their_help(world: World) -> None:
    family = commands.FAMILIES["lead"]
    secret = Verb("audit", "audit", "only for the few", family.verbs[0].answer, Role.MANAGER)
    wider = replace(family, verbs=(*family.verbs, secret))
    assert secret not in wider.open_to(Actor(world.rep))
    assert secret in wider.open_to(Actor(world.shop.manager, Role.MANAGER))


def test_a_number_is_read_with_any_dash_and_without_zeros() -> None:
    assert [name_of_lead(clean(text).text) for text in ("l-007", "L – 7", "L−7")] == ["L-7"] * 3


def test_what_is_far_from_everything_is_not_suggested() -> None:
    assert nearest("banana", ["score", "why"]) is None
    assert nearest_status("anna berg", STATUSES) is None


def test_an_endless_text_is_cut_before_it_is_looked_at() -> None:
    assert len(clean("x" * 100_000).text) <= 500
