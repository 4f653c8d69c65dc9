"""Adding leads in memory."""

from __future__ import annotations

from dataclasses import replace

from bot.service.adding import Added, CannotAdd
from bot.service.views import Actor
from tests.bot.slack.fake_desk import FakeDesk, facts


class FakeAdds:
    """Implements bot.service.desk.Adds on a FakeDesk. `told` lists what was told."""

    def __init__(self, desk: FakeDesk) -> None:
        self.desk = desk
        self.told: list[dict[str, str]] = []

    async def add_lead(
        self,
        actor: Actor,
        *,
        email: str | None = None,
        phone: str | None = None,
        name: str | None = None,
        title: str | None = None,
        company: str | None = None,
    ) -> Added:
        if phone == "1":
            raise CannotAdd("1 is no telephone number that can be read.")
        told = {"email": email, "phone": phone, "name": name, "title": title, "company": company}
        self.told.append({"by": actor.user_id, **{key: value for key, value in told.items() if value}})
        known = [one for one, case in self.desk.cases.items() if case.facts.lead.email == email]
        number = known[0] if known else 100 + len(self.told)
        if not known:
            made = facts(number, name, company)
            self.desk.add(number, made=replace(made, lead=replace(made.lead, email=email)))
        return Added(number, bool(known))
