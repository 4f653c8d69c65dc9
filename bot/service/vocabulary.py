"""Words that mean the same: titles to levels of authority, countries to ISO codes, sizes in brackets to numbers.

What senders write stays as it is; what it means is told beside it, under names of its own: `authority` of `title`,
`country_code` of `country`, `company.country_code`, and `company.employees_from` and `company.employees_to` of
`company.employees`. A sender that tells these names itself is believed. The configuration adds to every table.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Final

from bot.language.countries import LANGUAGES, country_names
from scoring.conditions.values import leaves
from scoring.events import Value

LEVELS: Final = ("executive", "director", "manager", "expert", "staff", "none")
"""Levels of authority, the highest first; `none` are students, interns and who looks for a job."""

_TITLES: Final[Mapping[str, str]] = {
    # words of these come first: they take a level away
    "none": "student, studerende, studerande, intern, internship, praktikant, stagiair, stagiaire, trainee, elev,"
    " job seeker, jobseeker, jobsøgende, werkzoekend, arbetssökande, retired, pensioneret, pensionär,"
    " former, ex, tidligere, voormalig, tidigare",
    "staff": "assistant, assistent, assistante, secretary, sekretær, sekreterare, secretaresse, receptionist, clerk,"
    " medewerker, medarbejder, medarbetare, coordinator, koordinator, coördinator, samordnare, administrator",
    "executive": "ceo, cfo, cto, cio, cmo, coo, cso, cro, cpo, chief, president, founder, co-founder, owner, partner,"
    " managing director, general manager, board member, chairman, chairwoman, chair,"
    " administrerende direktør, adm direktør, direktør, adm dir, stifter, medstifter, indehaver, ejer,"
    " grundlægger, medgrundlægger,"
    " bestyrelsesformand, bestyrelsesmedlem, partner, directeur, algemeen directeur, bestuurder, eigenaar, oprichter,"
    " mede-oprichter, dga,"
    " zaakvoerder, bestuurslid, vd, verkställande direktör, grundare, medgrundare, ägare, delägare, styrelseordförande,"
    " styrelseledamot, daglig leder",
    "director": "director, vp, svp, evp, vice president, head, head of, underdirektør, vicedirektør, adjunct-directeur,"
    " direktør for, hoofd, direktör, vice vd, områdeschef, divisionschef, salgsdirektør, marketingdirektør,"
    " økonomidirektør, it-direktør, directeur verkoop, directeur marketing, financieel directeur, försäljningsdirektör,"
    " marknadsdirektör, ekonomidirektör",
    "manager": "manager, lead, team lead, team leader, supervisor, leder, chef, afdelingsleder, afdelingschef,"
    " teamleder, salgschef, marketingchef, økonomichef, it-chef, indkøbschef, projektleder, manager verkoop,"
    " teamleider,"
    " afdelingshoofd, bedrijfsleider, verkoopleider, projectleider, inkoopmanager, avdelningschef, gruppchef,"
    " försäljningschef, marknadschef, ekonomichef, inköpschef, projektledare, teamledare",
    "expert": "engineer, developer, consultant, analyst, specialist, architect, designer, scientist, controller,"
    " accountant, buyer, advisor, researcher, lawyer, ingeniør, udvikler, konsulent, rådgiver, indkøber, analytiker,"
    " ontwikkelaar, ingenieur, adviseur, inkoper, deskundige, ingenjör, utvecklare, konsult, rådgivare, inköpare,"
    " account manager, product owner, key account manager, project manager",
}
"""Level -> words in English, Danish, Dutch and Swedish; the longest that a title has decides."""

_ENDINGS: Final[Mapping[str, str]] = {
    "none": "student, praktikant",
    "staff": "assistent, sekretær, sekreterare, medarbejder, medarbetare, medewerker, koordinator",
    "director": "direktør, direktör, directeur",
    "manager": "chef, leder, ledare, leider",
    "expert": "ingeniør, ingenjör, udvikler, utvecklare, ontwikkelaar, konsulent, konsult, rådgiver, rådgivare,"
    " adviseur",
}
"""Level -> how words end that no list can hold: Danish, Dutch and Swedish make one word of "head of product"."""
_INITIALS: Final = re.compile(r"\b(?:[^\W\d_]\.)+[^\W\d_]\b\.?")
_TAKES_AWAY: Final = ("none", "staff")
_ALSO: Final[Mapping[str, str]] = {
    "usa": "US", "u.s.": "US", "u.s.a.": "US", "united states of america": "US", "america": "US", "uk": "GB",
    "u.k.": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "holland": "NL",
    "the netherlands": "NL", "kingdom of denmark": "DK", "deutschland": "DE", "österreich": "AT", "suomi": "FI",
    "schweiz": "CH", "suisse": "CH", "belgië": "BE", "belgique": "BE", "españa": "ES", "polska": "PL", "czechia": "CZ",
    "czech republic": "CZ", "south korea": "KR", "russia": "RU", "uae": "AE", "éire": "IE",
}  # fmt: skip
_NUMBER: Final = re.compile(r"\d{1,3}(?:[.,  ]\d{3})+|\d+")
_AND_MORE: Final = re.compile(r"\+|>|over|more than|mere end|meer dan|mer än|fler än|or more|eller flere|of meer")
_LESS: Final = re.compile(r"<|under|less than|fewer than|up to|færre end|minder dan|färre än|op til|tot ")
_THOUSANDS: Final = re.compile(r"(?<=\d)\s*k\b")
_LARGEST: Final = 10_000_000
_LONGEST_NAME: Final = 60
_NEAR: Final = 3
_ALIKE: Final = 0.75

Bracket = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Words:
    """What the configuration adds: a title's words to levels, countries to codes, sizes to numbers from and to."""

    titles: Mapping[str, str] = field(default_factory=dict)
    countries: Mapping[str, str] = field(default_factory=dict)
    employees: Mapping[str, Bracket] = field(default_factory=dict)

    def fingerprint(self) -> str:
        """Changes with whatever decides what words mean: these, and the tables here."""
        whole = [asdict(self), _TITLES, _ENDINGS, _ALSO, LANGUAGES]
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


class Vocabulary:
    """The tables, ready to be asked."""

    def __init__(self, words: Words = Words()) -> None:
        self.words = words
        self._titles = _phrases() | {_title(phrase): level for phrase, level in words.titles.items()}
        self._longest = max(len(phrase.split()) for phrase in self._titles)
        self._countries = _countries() | {_folded(name): code for name, code in words.countries.items()}
        self._employees = {_folded(text): bracket for text, bracket in words.employees.items()}
        self.authority = lru_cache(maxsize=4096)(self._authority)

    def _authority(self, title: str) -> str | None:
        """The level of authority that a title speaks of."""
        words = self._words(title)
        found: list[tuple[int, str]] = []
        for at in range(len(words)):
            for length in range(min(self._longest, len(words) - at), 0, -1):
                level = self._level(" ".join(words[at : at + length]))
                if level is not None:
                    found.append((length, level))
        if not found:
            return None
        for level in _TAKES_AWAY:
            if any(one == level for _, one in found):
                return level
        return min(found, key=lambda one: (-one[0], LEVELS.index(one[1])))[1]

    def _words(self, title: str) -> list[str]:
        """What a hyphen joins is one word where it means something as a whole, else two."""
        return [
            part
            for word in _title(title).split()
            for part in ([word] if self._level(word) else word.split("-"))
            if part
        ]

    def _level(self, phrase: str) -> str | None:
        known = self._titles.get(phrase)
        if known is not None or " " in phrase:
            return known
        return next((level for ending, level in _endings() if phrase.endswith(ending)), None)

    def country(self, text: str) -> str | None:
        """The ISO code of a country, by its name in several languages or by a code."""
        return self._countries.get(_folded(text))

    def countries_like(self, text: str) -> tuple[str, ...]:
        """The ISO codes of the few countries whose names are written nearly so, the nearest first."""
        known = {**_countries(), **self._countries}
        near = get_close_matches(_folded(text)[:_LONGEST_NAME], known, n=_NEAR, cutoff=_ALIKE)
        return tuple(dict.fromkeys(known[name] for name in near))

    def bracket(self, value: Value) -> Bracket | None:
        """The numbers of a size: `11-50` is from 11 to 50, `200+` from 200, `< 10` to 9."""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        if not isinstance(value, str):
            return int(value), int(value)
        return self._employees.get(_folded(value)) or _bracket(value)

    def meaning(self, traits: Mapping[str, Value]) -> dict[str, Value]:
        """What traits mean, under names of its own; a trait that is cleared clears what it meant."""
        flat = leaves(traits)
        return {name: told for name, told in _told(flat, self) if name not in flat}

    def unmatched(self, traits: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
        """Values that no table knows, each with the name of its trait."""
        flat = leaves(traits)
        for name, value in flat.items():
            known = _KNOWN.get(name)
            text = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
            if known is not None and text and known(self, value) is None:
                yield name, text


_KNOWN: Final = {
    "title": lambda words, value: words.authority(str(value)),
    "country": lambda words, value: words.country(str(value)),
    "company.country": lambda words, value: words.country(str(value)),
    "company.employees": lambda words, value: words.bracket(value),
}


def _told(flat: Mapping[str, Value], words: Vocabulary) -> Iterator[tuple[str, Value]]:
    title = flat.get("title")
    if "title" in flat and (title is None or (isinstance(title, str) and title.strip())):
        yield "authority", None if title is None else words.authority(str(title))
    for prefix in ("", "company."):
        country = flat.get(f"{prefix}country")
        if f"{prefix}country" in flat and (country is None or (isinstance(country, str) and country.strip())):
            yield f"{prefix}country_code", None if country is None else words.country(str(country))
    if "company.employees" in flat:
        size = flat["company.employees"]
        bracket = None if size is None else words.bracket(size)
        if size is None or bracket is not None:
            for name, number in zip(("from", "to"), bracket or (None, None), strict=True):
                yield f"company.employees_{name}", number


def _folded(text: str) -> str:
    """Lower case, no punctuation but what holds words together, one space between words."""
    plain = unicodedata.normalize("NFC", text).casefold()
    return " ".join("".join(c if c.isalnum() or c in "-&" else " " for c in plain).split())


def _title(text: str) -> str:
    """A title, folded; `C.E.O.` is a word."""
    return _folded(_INITIALS.sub(lambda found: found[0].replace(".", ""), text))


@cache
def _phrases() -> dict[str, str]:
    pairs = [(phrase, level) for level, text in _TITLES.items() for phrase in text.split(",")]
    known = {_folded(phrase): level for phrase, level in reversed(pairs)}
    return {_unaccented(phrase): level for phrase, level in known.items()} | known


@cache
def _endings() -> tuple[tuple[str, str], ...]:
    words = [(ending.strip(), level) for level, text in _ENDINGS.items() for ending in text.split(",")]
    return tuple(dict.fromkeys(pair for word, level in words for pair in ((word, level), (_unaccented(word), level))))


def _unaccented(text: str) -> str:
    """As it is typed where a keyboard has none of these letters: `direktor`, `verkstallande`."""
    apart = unicodedata.normalize("NFKD", text.replace("ø", "o").replace("æ", "ae"))
    return "".join(c for c in apart if not unicodedata.combining(c))


@cache
def _countries() -> dict[str, str]:
    """Names in several languages, by the Unicode consortium's data, and the codes themselves."""
    found: dict[str, str] = {}
    for names in reversed(list(country_names().values())):
        found |= {_folded(name): code for code, name in names.items()}
    codes = set(found.values())
    return found | {code.casefold(): code for code in codes} | {_folded(name): code for name, code in _ALSO.items()}


@lru_cache(maxsize=4096)
def _bracket(text: str) -> Bracket | None:
    plain = _THOUSANDS.sub("000", text.casefold())
    numbers = [int(re.sub(r"\D", "", found)) for found in _NUMBER.findall(plain)]
    if not numbers or len(numbers) > 2 or max(numbers) > _LARGEST:
        return None
    if len(numbers) == 2:
        return (numbers[0], numbers[1]) if numbers[0] <= numbers[1] else None
    (number,) = numbers
    if _AND_MORE.search(plain):
        return number, None
    if _LESS.search(plain):
        return None, number
    return number, number
