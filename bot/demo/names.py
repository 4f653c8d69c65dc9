"""Names, titles and telephone numbers, by language and country. All are made up; the numbers are nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

GIVEN: Final[Mapping[str, tuple[str, ...]]] = {
    "da": tuple(
        "Søren Mette Jørgen Pernille Rasmus Lærke Bjørn Ida Frederik Sanne Jeppe Malene Asbjørn Trine Øjvind Kåre Signe"
        " Kasper Åse Maj-Britt Troels Cæcilie Nikolaj Gry Anders Bodil Mads Kirstine Jøkum Rikke".split()
    ),
    "nl": tuple(
        "Daan Femke IJsbrand Anouk Sjoerd Marijke Bram Lieke Thijs Noor Joost Fleur Wouter Maartje Gijs Roos Pieter"
        " Sanneke Ruben Tijn Lijsbeth Coen Mirthe Jurriaan Eefje Niels Wijnand Hanneke Teun Jikke".split()
    ),
    "sv": tuple(
        "Åsa Björn Göran Linnéa Örjan Elin Mårten Malin Jörgen Ebba Håkan Saga Pär Frida Östen Karin Gösta Tuva Anders"
        " Lovisa Märta Nils Hjördis Oskar Åke Ylva".split()
    ),
    "en": tuple(
        "Oliver Grace Harriet Callum Imogen Rhys Maeve Desmond Priya Zoë Kwame Fiona Tobias Renée Alistair".split()
    ),
}
FAMILY: Final[Mapping[str, tuple[str, ...]]] = {
    "da": (
        "Sørensen", "Kjærgaard", "Nørgaard", "Østergaard", "Møller", "Bæk", "Højgaard", "Skjødt", "Lindegård", "Ravn",
        "Thygesen", "Søgård", "Krogh", "Bjerre", "Næss", "Damgaard", "Holm", "Vestergaard", "Aagaard", "Brøndum",
        "Fisker", "Hjorth", "Ørsted", "Lauritsen",
    ),
    "nl": (
        "de Vries", "van den Berg", "IJsselstein", "van Dijk", "Bakker", "Dijkstra", "Hoekstra", "van der Meij",
        "Kuijpers", "Verheijen", "Zijlstra", "de Bruijn", "Prins", "Wijnands", "Oosterhuis", "van Rijn", "Schuurman",
        "Terpstra", "Feijen", "Hofstede", "Koning", "Boerhaave", "van 't Hoff", "Nijland",
    ),
    "sv": (
        "Söderström", "Öberg", "Åkesson", "Lindström", "Sjögren", "Bäckman", "Hägg", "Nordqvist", "Björklund", "Ek",
        "Forsström", "Wård", "Engström", "Löfgren", "Sandåker", "Ryd", "Hjelm", "Åström", "Dalgård", "Holmér",
    ),
    "en": (
        "Whitfield", "Okafor", "Pemberton", "O'Neill", "Ashdown", "Lindley", "Marsh", "Iyer", "Calloway", "Fairweather",
        "Brontë", "Haldane", "Thorne", "Mbeki-Ross", "Winslow", "Beaumont",
    ),
}  # fmt: skip

TOP: Final = "top"
MANAGER: Final = "manager"
OTHER: Final = "other"
STUDENT: Final = "student"
UNSAID: Final = "unsaid"

TITLES: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    TOP: {
        "da": ("Marketingdirektør / CMO", "Administrerende direktør", "Chief Commercial Officer", "Head of Growth"),
        "nl": ("Directeur verkoop", "Commercieel directeur", "Chief Marketing Officer", "Head of Digital"),
        "sv": ("VD", "CMO", "Head of Sales", "Vice VD", "Chief Digital Officer"),
        "en": ("Head of Sales", "Chief Revenue Officer", "CEO", "CTO"),
    },
    MANAGER: {
        "da": ("Leder af marketing", "Sales Manager, Norden", "Chef for digital handel", "CRM Manager"),
        "nl": ("Hoofd verkoop", "Marketing Manager", "Hoofd e-commerce", "Hoofd bedrijfsvoering"),
        "sv": ("Chef för marknad", "Sales Manager", "Chef, kundresan", "Marketing Manager"),
        "en": ("Marketing Manager", "Demand Generation Manager", "Sales Operations Manager"),
    },
    # Compound words are one word to the model: a "Försäljningschef" is no "chef" to it. Marketers are surprised by it.
    OTHER: {
        "da": ("Marketingkoordinator", "Bogholder", "Salgskonsulent", "IT-supporter", "Indkøber"),
        "nl": ("Medewerker binnendienst", "Contentspecialist", "Inkoper", "Applicatiebeheerder", "Marketingadviseur"),
        "sv": ("Försäljningschef", "Säljare", "Webbredaktör", "Inköpare", "Systemförvaltare"),
        "en": ("Marketing Executive", "Business Analyst", "Buyer", "Web Editor"),
    },
    STUDENT: {
        "da": ("Studerende", "Praktikant, marketing", "Studerende, cand.merc."),
        "nl": ("Student bedrijfskunde", "Stagiair marketing", "Student"),
        "sv": ("Student", "Student, ekonomi"),
        "en": ("Marketing intern", "MBA student", "Student"),
    },
    UNSAID: {"da": ("",), "nl": ("",), "sv": ("",), "en": ("",)},
}
"""By what the shipped model makes of them: the tiers of "Job title", and what its gate says of students."""

LANGUAGES: Final[Mapping[str, str]] = {"DK": "da", "NL": "nl", "SE": "sv"}
FREE_MAIL: Final[Mapping[str, str]] = {
    "da": "postkassen.example",
    "nl": "brievenbus.example",
    "sv": "brevlada.example",
    "en": "letterbox.example",
}
"""Providers of free addresses; the demo's settings say that they are no companies."""

PHONES: Final[Mapping[str, tuple[tuple[str, int, int], ...]]] = {
    # Denmark and the Netherlands have no numbers for stories: these begin with digits that nobody is given.
    "DK": (("+4510", 0, 1_000_000),),
    "NL": (("+31600", 0, 1_000_000),),
    # Kept free for stories by PTS, Ofcom and the Bundesnetzagentur.
    "SE": (("+468465004", 0, 100), ("+46313900", 600, 700), ("+46406280", 400, 500)),
    "GB": (("+447700900", 0, 1_000),),
    "DE": (("+493023125", 0, 1_000),),
}
"""Prefix, first number, and the one after the last."""
PHONES_PER_RUN: Final = 100


def phone_of(country: str, run: int, number: int) -> str:
    """The telephone number of the so-manieth person from a country in a run; empty when they have run out."""
    at = run * PHONES_PER_RUN + number if number < PHONES_PER_RUN else -1
    for prefix, first, end in PHONES.get(country, ()):
        if 0 <= at < end - first:
            return f"{prefix}{first + at:0{len(str(end - 1))}}"
        at -= end - first
    return ""


_FOLDED: Final = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "ä": "a", "ö": "o", "é": "e", "ë": "e", " ": "", "'": ""}
)


def mailbox_of(given: str, family: str) -> str:
    """The part of an address before the @: søren and de Vries become soeren and devries."""
    return f"{given}.{family}".lower().translate(_FOLDED)
