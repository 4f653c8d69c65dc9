"""Which company an event names (docs/identity.md): a group id, else a domain, else that of a work address."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from publicsuffixlist import PublicSuffixList

from scoring.events import Value

FREE_MAIL: Final = frozenset(
    """
    gmail.com googlemail.com outlook.com outlook.dk outlook.de outlook.fr hotmail.com hotmail.dk hotmail.nl hotmail.se
    hotmail.co.uk hotmail.de hotmail.fr live.com live.dk live.nl live.se live.co.uk msn.com yahoo.com yahoo.dk yahoo.se
    yahoo.nl yahoo.co.uk yahoo.de yahoo.fr ymail.com rocketmail.com icloud.com me.com mac.com aol.com proton.me
    protonmail.com pm.me tutanota.com tuta.io gmx.com gmx.net gmx.de web.de t-online.de freenet.de mail.com mail.ru
    yandex.com yandex.ru zoho.com fastmail.com hey.com duck.com
    mail.dk jubii.dk sol.dk stofanet.dk tdcadsl.dk ofir.dk webspeed.dk youmail.dk
    ziggo.nl kpnmail.nl kpnplanet.nl planet.nl home.nl xs4all.nl hetnet.nl casema.nl chello.nl upcmail.nl zonnet.nl
    quicknet.nl solcon.nl tele2.nl online.nl
    telia.com bredband.net spray.se comhem.se tele2.se swipnet.se passagen.se
    orange.fr wanadoo.fr free.fr laposte.net libero.it virgilio.it seznam.cz wp.pl o2.pl interia.pl
    qq.com 163.com 126.com naver.com comcast.net verizon.net att.net sbcglobal.net btinternet.com sky.com
    """.split()
)
"""Providers of free addresses: their domain is nobody's company."""

_SUFFIXES: Final = PublicSuffixList(only_icann=True)  # the list it carries; never the network


@lru_cache(maxsize=20_000)
def registrable(domain: str) -> str | None:
    """The registrable part of a domain, by the public-suffix list: `mail.acme.co.uk` is `acme.co.uk`."""
    name = domain.strip().strip(".").casefold()
    if "://" in name or "/" in name or "@" in name or " " in name:
        return None
    found: str | None = _SUFFIXES.privatesuffix(name)
    if found is not None:
        return found
    parts = name.split(".")
    return ".".join(parts[-2:]) if len(parts) > 1 and all(parts) else None  # a suffix that the list does not know


def trait(traits: Mapping[str, Value], name: str) -> str | None:
    """A trait's text by its dotted name, however it was nested; None when it says nothing."""
    value: Value = traits.get(name)
    if value is None and "." in name:
        head, rest = name.split(".", 1)
        inner = traits.get(head)
        return trait(inner, rest) if isinstance(inner, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value).strip() or None


def says_something_of_a_company(traits: Mapping[str, Value]) -> bool:
    """Whether some trait is the company's."""
    return any(name == "company" or name.startswith("company.") for name in traits)


class Companies:
    """Reads company keys out of traits; knows the own domains of the configuration."""

    def __init__(self, own_domains: frozenset[str] = frozenset(), free_mail: frozenset[str] = frozenset()) -> None:
        self._nobody = FREE_MAIL | own_domains | free_mail

    def domain(self, text: str | None) -> str | None:
        """A domain that stands for a company, else None (free mail, our own, no domain)."""
        found = registrable(text) if text else None
        return None if found is None or found in self._nobody else found

    def named(self, traits: Mapping[str, Value]) -> tuple[tuple[str, str], ...]:
        """The keys by which traits name a company outright: a group id, a domain; both mean the same company."""
        keys = []
        group = trait(traits, "group_id")
        if group is not None:
            keys.append(("group", group))
        domain = self.domain(trait(traits, "company.domain"))
        if domain is not None:
            keys.append(("domain", domain))
        return tuple(keys)

    def of_address(self, email: str | None) -> tuple[str, str] | None:
        """The company of a work address."""
        domain = self.domain(email.rpartition("@")[2]) if email else None
        return None if domain is None else ("domain", domain)
