"""The website, mails and webinars of Kystlinje, the company of the story: pages by kind and language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

SELLER: Final = "Kystlinje"
DOMAIN: Final = "kystlinje.example"
HOME: Final = f"https://www.{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the website."""

    url: str
    title: str


def _page(path: str, title: str) -> Page:
    return Page(HOME + quote(path), f"{title} – {SELLER}")


_CASES: Final[Mapping[str, str]] = {
    "da": "/dk/kundecases/", "nl": "/nl/klantverhalen/", "sv": "/se/cases/", "en": "/en/cases/",
}  # fmt: skip
_CUSTOMERS: Final[Mapping[str, tuple[str, ...]]] = {
    "da": ("Skibsværftet Ærø", "Brødrene Møller", "Grønne Tage", "Sønderjysk Elnet", "Aarhus Legetøj"),
    "nl": ("Bakkerij IJff", "Havenbedrijf Vlijmen", "Zeilmakerij Prins", "Kwekerij De Lijster", "Het Kantoorhuis"),
    "sv": ("Fjällräddarna", "Västerås Lås", "Malmö Färg", "Övik Skidor", "Götene Mejeri"),
    "en": ("Harbour Tools", "Moorland Foods", "Zoë & Daughters", "Castle Lifts", "Tyne Textiles"),
}


def _cases(language: str) -> tuple[Page, ...]:
    where = _CASES[language]
    return tuple(_page(where + name.lower().replace(" ", "-"), name) for name in _CUSTOMERS[language])


PAGES: Final[Mapping[str, Mapping[str, tuple[Page, ...]]]] = {
    "case": {language: _cases(language) for language in _CUSTOMERS},
    "price": {
        "da": (_page("/dk/priser", "Priser"),),
        "nl": (_page("/nl/prijzen", "Prijzen"),),
        "sv": (_page("/se/priser", "Priser"),),
        "en": (_page("/en/pricing", "Pricing"),),
    },
    "career": {
        "da": (_page("/dk/karriere", "Karriere"), _page("/dk/karriere/sælger-øst", "Sælger, Østdanmark")),
        "nl": (_page("/nl/vacatures", "Vacatures"), _page("/nl/vacatures/accountmanager", "Accountmanager")),
        "sv": (_page("/se/career", "Jobba hos oss"), _page("/se/career/säljare", "Säljare, Göteborg")),
        "en": (_page("/en/career", "Careers"), _page("/en/career/sales-engineer", "Sales engineer")),
    },
    "home": {
        "da": (_page("/dk/", "Forside"),),
        "nl": (_page("/nl/", "Startpagina"),),
        "sv": (_page("/se/", "Hem"),),
        "en": (_page("/en/", "Home"),),
    },
    "product": {
        "da": (_page("/dk/produkt/overblik", "Overblik"), _page("/dk/produkt/integrationer", "Integrationer")),
        "nl": (_page("/nl/product/overzicht", "Overzicht"), _page("/nl/product/koppelingen", "Koppelingen")),
        "sv": (_page("/se/produkt/översikt", "Översikt"), _page("/se/produkt/integrationer", "Integrationer")),
        "en": (_page("/en/product/overview", "Overview"), _page("/en/product/integrations", "Integrations")),
    },
    "blog": {
        "da": (
            _page("/dk/blog/færre-møder", "Færre møder, flere aftaler"),
            _page("/dk/blog/gdpr-på-fem-minutter", "GDPR på fem minutter"),
        ),
        "nl": (
            _page("/nl/blog/bijhouden-wat-telt", "Bijhouden wat telt"),
            _page("/nl/blog/de-kortste-offerte", "De kortste offerte"),
        ),
        "sv": (
            _page("/se/blogg/färre-möten", "Färre möten"),
            _page("/se/blogg/offert-på-en-sida", "Offert på en sida"),
        ),
        "en": (
            _page("/en/blog/fewer-meetings", "Fewer meetings"),
            _page("/en/blog/quotes-on-a-page", "Quotes on a page"),
        ),
    },
}

FORMS: Final[Mapping[str, Mapping[str, str]]] = {
    "demo": {"da": "Book demo", "nl": "Demo aanvragen", "sv": "Boka demo", "en": "Book a demo"},
    "contact": {"da": "Kontakt", "nl": "Contact", "sv": "Kontakt", "en": "Contact us"},
    "newsletter": {"da": "Nyhedsbrev", "nl": "Nieuwsbrief", "sv": "Nyhetsbrev", "en": "Newsletter"},
    "application": {"da": "Ansøgning", "nl": "Sollicitatie", "sv": "Ansökan", "en": "Application"},
    "guide": {"da": "Guide", "nl": "Gids", "sv": "Guide", "en": "Guide"},
}
GUIDES: Final[Mapping[str, tuple[str, ...]]] = {
    "da": ("Køb af CRM: 12 spørgsmål", "Tjekliste: GDPR for sælgere"),
    "nl": ("CRM kopen: 12 vragen", "Checklist: bijhouden van kansen"),
    "sv": ("Köpa CRM: 12 frågor", "Checklista för säljmöten"),
    "en": ("Buying a CRM: 12 questions", "The sales meeting checklist"),
}
WEBINARS: Final[Mapping[str, tuple[str, ...]]] = {
    "da": ("Fra lead til aftale på 14 dage", "Sådan bruger I jeres data"),
    "nl": ("Van lead tot deal in 14 dagen", "Zo gebruikt u uw gegevens"),
    "sv": ("Från lead till affär på 14 dagar", "Så använder ni era data"),
    "en": ("From lead to deal in 14 days", "Make your data work"),
}
SUBJECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "da": ("Ugens råd: spørg om budgettet først", "Ny kundecase: Skibsværftet Ærø", "Tre fejl i opfølgning"),
    "nl": ("Tip van de week: bel binnen een dag", "Nieuw klantverhaal: Bakkerij IJff", "Drie fouten bij opvolging"),
    "sv": ("Veckans råd: fråga om budgeten först", "Nytt kundcase: Fjällräddarna", "Tre misstag i uppföljning"),
    "en": ("Tip of the week: call within a day", "New case: Harbour Tools", "Three mistakes in following up"),
}
