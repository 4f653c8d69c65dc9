"""Who appears in the story: people made from names, companies and a seed, each with an address of their own."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.demo.companies import BY_KIND, Company
from bot.demo.names import FAMILY, FREE_MAIL, GIVEN, LANGUAGES, TITLES, mailbox_of, phone_of

_AGENTS: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
)
_COUNTRIES: Final[Mapping[str, str]] = {language: country for country, language in LANGUAGES.items()} | {"en": "GB"}
_HAS_PHONE: Final = 0.7
_DRAWS: Final = 40
"""So often is a name drawn anew that somebody has already; after that a number is put behind it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a browser, an address, and perhaps a company."""

    key: str
    given: str
    family: str
    email: str
    language: str
    country: str
    title: str
    phone: str
    company: Company | None
    user_id: str
    anonymous_id: str
    agent: str


@dataclass(slots=True)
class Casting:
    """Makes people. Run 0 is the past; later runs are the live parts, each with people of its own."""

    rng: random.Random
    run: int
    taken: set[str] = field(default_factory=set)
    _made: int = 0
    _phones: dict[str, int] = field(default_factory=dict)

    def person(self, title: str, companies: str) -> Person:
        """A person with a title of a level, at a company of one of some kinds; `none` is nobody's company."""
        kind = self.rng.choice(companies.split())
        company = None if kind == "none" else self.rng.choice(BY_KIND[kind])
        language = self.rng.choice(("da", "nl", "sv")) if company is None else LANGUAGES.get(company.country, "en")
        country = _COUNTRIES[language] if company is None else company.country
        given, family, email = self._name(language, company.domain if company else FREE_MAIL[language])
        self._made += 1
        return Person(
            key=f"{self.run}-{self._made}",
            given=given,
            family=family,
            email=email,
            language=language,
            country=country,
            title=self.rng.choice(TITLES[title][language]),
            phone=self._phone(country),
            company=company,
            user_id=f"u-{self.run}-{1000 + self._made}",
            anonymous_id=f"{self.rng.getrandbits(128):032x}",
            agent=self.rng.choice(_AGENTS),
        )

    def _name(self, language: str, domain: str) -> tuple[str, str, str]:
        for _ in range(_DRAWS):
            given, family = self.rng.choice(GIVEN[language]), self.rng.choice(FAMILY[language])
            email = f"{mailbox_of(given, family)}@{domain}"
            if email not in self.taken:
                break
        else:
            email = f"{mailbox_of(given, family)}{len(self.taken)}@{domain}"
        self.taken.add(email)
        return given, family, email

    def _phone(self, country: str) -> str:
        """A number is one person's alone: two addresses with one telephone would be taken for an exchange."""
        if self.rng.random() > _HAS_PHONE:
            return ""
        number = self._phones[country] = self._phones.get(country, -1) + 1
        return phone_of(country, self.run, number)
