"""The workspace of the demo: five people who race for leads, and a channel of every kind."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.standin.values import SECOND, Channel, User
from bot.standin.workspace import Workspace

# Everybody's Slack is in English, as the demo's pages are; `/lead me language da` shows another language
CENTRAL = "Central European Time"


@dataclass(frozen=True)
class Person:
    """A line of the table below."""

    name: str
    real_name: str
    title: str
    tz: str
    locale: str
    tz_label: str = CENTRAL
    is_admin: bool = False
    is_restricted: bool = False


PEOPLE = (
    Person("soren", "Søren Kjærgaard", "Account Executive, Denmark", "Europe/Copenhagen", "en-GB"),
    Person("marijke", "Marijke van Rijn", "Account Executive, Benelux", "Europe/Amsterdam", "en-GB"),
    Person("asa", "Åsa Björklund", "Account Executive, Sweden", "Europe/Stockholm", "en-GB"),
    Person("grace", "Grace Whitfield", "Head of Sales", "Europe/London", "en-GB", "Greenwich Mean Time", is_admin=True),
    Person("lukas", "Lukas Gäßler", "Consultant (guest)", "Europe/Berlin", "en-GB", is_restricted=True),
)


@dataclass(frozen=True)
class Room:
    """A channel of the table below: who is in it besides all full members."""

    name: str
    topic: str
    bot: bool = True
    guest: bool = False
    only_manager: bool = False
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False


ROOMS = (
    Room("sales", "Hot leads land here", guest=True),
    Room("sales-dk", "Danmark og Grønland"),
    Room("sales-private", "The quiet room", is_private=True),
    Room("hotlead-admin", "Health and configuration of hotlead", only_manager=True),
    Room("general", "Everybody", bot=False, guest=True),
    Room("board", "Nobody invited the bot", bot=False, only_manager=True, is_private=True),
    Room("sales-2019", "Old times", is_archived=True),
    Room("partners-acme", "With the people of ACME", is_ext_shared=True),
)


class DemoWorkspace(Workspace):
    """A workspace with names for what is in it."""

    reps: tuple[str, str, str]
    manager: str
    guest: str
    managers_group: str

    def __init__(self, *, now: Callable[[], int], seed: str = "hotlead") -> None:
        super().__init__(now=now, seed=seed)
        made = [self.add_user(self._user(person)).id for person in PEOPLE]
        self.reps = (made[0], made[1], made[2])
        self.manager, self.guest = made[3], made[4]
        for room in ROOMS:
            self.add_channel(self._channel(room))
        self.managers_group = self.ids.new("S")
        group = {"name": "Sales managers", "handle": "sales-managers", "users": [self.manager]}
        self.usergroups[self.managers_group] = group

    @property
    def people(self) -> tuple[str, ...]:
        """The ids of all five."""
        return (*self.reps, self.manager, self.guest)

    @property
    def sales(self) -> str:
        """#sales, where the bot is a member."""
        return self.channel_id("sales")

    @property
    def admin(self) -> str:
        """#hotlead-admin, where the bot is a member."""
        return self.channel_id("hotlead-admin")

    @property
    def general(self) -> str:
        """#general, where the bot is not a member."""
        return self.channel_id("general")

    @property
    def archived(self) -> str:
        """An archived channel."""
        return self.channel_id("sales-2019")

    @property
    def shared(self) -> str:
        """A channel shared with another company."""
        return self.channel_id("partners-acme")

    def _user(self, person: Person) -> User:
        return User(
            self.ids.new("U"),
            person.name,
            person.real_name,
            email=f"{person.name}@{self.team_domain}.example",
            title=person.title,
            tz=person.tz,
            tz_label=person.tz_label,
            locale=person.locale,
            is_admin=person.is_admin,
            is_restricted=person.is_restricted,
        )

    def _channel(self, room: Room) -> Channel:
        members = {self.manager} if room.only_manager else {*self.reps, self.manager}
        members |= {self.guest} if room.guest else set()
        members |= {self.bot_user} if room.bot else set()
        return Channel(
            self.ids.new("C"),
            room.name,
            frozenset(members),
            is_private=room.is_private,
            is_archived=room.is_archived,
            is_ext_shared=room.is_ext_shared,
            topic=room.topic,
            created=self.now() // SECOND,
        )
