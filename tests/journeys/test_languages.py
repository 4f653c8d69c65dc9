"""Who reads what in which language, through the front door: posts in the channel's, everything else in the reader's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.standin import DemoWorkspace
from tests.rig import DAY, HOUR, Rig, SetClock, rig

SHOP = DemoWorkspace(now=SetClock())  # ids are the same in every workspace of the demo
SWEDISH = {SHOP.sales: {"language": "sv"}}


async def ask(it: Rig, user: str, text: str, command: str = "/lead") -> str:
    await it.standin.run_command(user, it.workspace.sales, command, text)
    await it.hotlead.slack.idle()
    return it.standin.ephemerals(user)[-1].text


async def test_a_dane_is_told_in_danish_while_the_channel_reads_swedish(tmp_path: Path) -> None:
    async with rig(tmp_path, channel=SWEDISH) as it:
        dane, briton = it.workspace.reps[:2]
        it.workspace.change_user(dane, locale="da-DK")
        await it.make_hot()
        (alert,) = it.alerts()
        assert "*Öppet* – den som först trycker på Ta det har det" in str(alert.blocks)
        assert "Varför nu: " in alert.text
        assert " · 86 poäng" in alert.text

        assert (await ask(it, dane, "claim L-1")).startswith("Du har *Anneke de Vries*".replace("*", ""))
        await it.settle()
        (alert,) = it.alerts()
        assert f"*Taget av <@{dane}>*" in str(alert.blocks), "the channel's, though a Dane pressed"

        taken = await ask(it, briton, "claim L-1")
        assert taken.startswith(f"<@{dane}> has Anneke de Vries, IJsselmeer BV (L-1) since ")


async def test_what_somebody_chose_counts_more_than_their_slack(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        dane = it.workspace.reps[0]
        it.workspace.change_user(dane, locale="da-DK")
        await it.make_hot()
        assert (await ask(it, dane, "me")).startswith("Sådan ser fordelingen dig")
        assert "taal van hotlead: Nederlands" in await ask(it, dane, "me language nederlands")
        assert (await ask(it, dane, "claim L-1")).startswith("Jij hebt Anneke de Vries")
        assert "hotlead spreekt geen “klingon”" in await ask(it, dane, "me language klingon")
        assert "hotlead taler til dig på: som i Slack" in await ask(it, dane, "me language none")


async def test_the_default_language_is_for_whoever_speaks_none_of_ours(tmp_path: Path) -> None:
    async with rig(tmp_path, slack={"default_language": "nl"}) as it:
        german = it.workspace.reps[0]
        it.workspace.change_user(german, locale="de-DE")
        await it.make_hot()
        (alert,) = it.alerts()
        assert "*Waarom nu*" in str(alert.blocks), "channels without a language of their own too"
        assert (await ask(it, german, "note L-1 hallo")).startswith("De notitie bij Anneke de Vries")


async def test_a_dm_a_home_and_a_window_are_in_the_readers_language(tmp_path: Path) -> None:
    follow_up = {"remind": 0, "escalate": False}
    async with rig(tmp_path, follow_up=follow_up) as it:
        swede, other = it.workspace.reps[:2]
        it.workspace.change_user(swede, locale="sv-SE")
        await it.make_hot()
        await ask(it, swede, "claim L-1")
        await ask(it, other, 'note L-1 "hello"')
        await it.settle()
        assert f"<@{other}> skrev en anteckning om Anneke de Vries, IJsselmeer BV (L-1), som är ditt. hello" in str(
            it.heard(swede)
        )
        await it.standin.open_home(swede)
        await it.hotlead.slack.idle()
        home = str(it.standin.home(swede))
        assert "Dina leads" in home
        assert "1 taget" in home
        alert = it.alerts()[0]
        await it.standin.press(swede, alert, "lead_details")
        await it.hotlead.slack.idle()
        window = _words(it.standin.views(swede)[-1])
        assert "Poängredovisning" in window
        assert "Stäng" in window


async def test_plurals_dates_and_numbers_are_those_of_the_language(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        dane = it.workspace.reps[0]
        it.workspace.change_user(dane, locale="da-DK")
        await it.make_hot()
        await it.make_hot("bo@ijsselmeer.example", name="Anneke Bo")
        assert "2 leads passer med “anneke”" in await ask(it, dane, "claim anneke")
        await it.later(3 * DAY + HOUR)
        then = await ask(it, dane, "why L-1 2026-03-02 10:30")
        assert "2. marts 2026 10.30" in then
        now = await ask(it, dane, "why L-1")
        assert "|2. mar. 2026 09.00 UTC>" in now
        assert "(+13,79)" in now
        assert "(−29,52)" in now


async def test_how_a_contact_went_may_be_typed_in_ones_own_words(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        dane = it.workspace.reps[0]
        it.workspace.change_user(dane, locale="da-DK")
        await it.make_hot()
        assert (await ask(it, dane, "log L-1 opkald intet svar")).startswith("Kontakten er noteret, og du har")
        assert (await ask(it, dane, "log L-1 call reached")).startswith("Kontakten med Anneke de Vries")


def _words(view: Any) -> str:
    return str(getattr(view, "payload", None) or view)
