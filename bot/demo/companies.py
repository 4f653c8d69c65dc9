"""The companies of the story. All are invented, and their domains are under a top-level domain that nobody can have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

CORE = "core"
GOOD = "good"
SMALL = "small"
TINY = "tiny"
HUGE = "huge"
ABROAD = "abroad"
RIVAL = "rival"

_MARKETS: Final = frozenset({"DK", "NL", "SE"})
_LOCAL_NAMES: Final[Mapping[str, str]] = {"DK": "Danmark", "NL": "Nederland", "SE": "Sverige"}
_TABLE: Final = """
Nordlys Software A/S       | nordlys-software     | DK | Software        | 180
Kattegat SaaS ApS          | kattegat-saas        | DK | SaaS            | 75
Fjordbank Systemer A/S     | fjordbank-systemer   | DK | Software        | 420
Ærø Handel Online A/S      | aeroe-handel         | DK | E-commerce      | 130
Lærdal & Skov Software     | laerdal-skov         | DK | Software        | 64
Østerbro Data A/S          | oesterbro-data       | DK | SaaS            | 310
Skagen Webshop A/S         | skagen-webshop       | DK | E-commerce      | 95
Limfjord Platforme A/S     | limfjord-platforme   | DK | SaaS            | 240
Kongeå Digital A/S         | kongeaa-digital      | DK | Software        | 52
Møns Klint Cloud A/S       | moensklint-cloud     | DK | Software        | 880
IJssel Software BV         | ijssel-software      | NL | Software        | 150
Waddenzee SaaS BV          | waddenzee-saas       | NL | SaaS            | 88
Kuijpers Platform BV       | kuijpers-platform    | NL | Software        | 260
Tulpenmarkt Online BV      | tulpenmarkt-online   | NL | E-commerce      | 120
De Waag Systemen NV        | dewaag-systemen      | NL | Software        | 640
Zuiderzee Cloud BV         | zuiderzee-cloud      | NL | SaaS            | 70
Rijnmond Webwinkels BV     | rijnmond-webwinkels  | NL | E-commerce      | 340
Polderdata BV              | polderdata           | NL | Software        | 56
Göteborg Analys AB         | goteborg-analys      | SE | Software        | 210
Mälaren SaaS AB            | malaren-saas         | SE | SaaS            | 90
Öresund Handel AB          | oresund-handel       | SE | E-commerce      | 160
Älvdal Programvara AB      | alvdal-programvara   | SE | Software        | 380
Hälsingland Moln AB        | halsingland-moln     | SE | Software        | 58
Sjøberg & Søn              | sjoeberg-soen        | DK | Logistics       | 140
Bryggeriet Ravn A/S        | bryggeriet-ravn      | DK | Food            | 220
Storebælt Maskiner A/S     | storebaelt-maskiner  | DK | Manufacturing   | 510
Rødding Rådgivning P/S     | roedding-raadgivning | DK | Consulting      | 68
Thy Vindkraft A/S          | thy-vindkraft        | DK | Energy          | 330
Amager Forsikring A/S      | amager-forsikring    | DK | Insurance       | 760
IJsselmeer Logistiek BV    | ijsselmeer-logistiek | NL | Logistics       | 190
Dijkstra Bouw BV           | dijkstra-bouw        | NL | Construction    | 85
Haringvliet Zuivel BV      | haringvliet-zuivel   | NL | Food            | 410
Van der Meij Advocaten     | vandermeij-advocaten | NL | Legal           | 62
Noordzee Offshore BV       | noordzee-offshore    | NL | Energy          | 290
Brabantse Verzekeringen NV | brabantse-verz       | NL | Insurance       | 930
Västkust Frakt AB          | vastkust-frakt       | SE | Logistics       | 175
Småland Möbler AB          | smaland-mobler       | SE | Manufacturing   | 450
Norrsken Energi AB         | norrsken-energi      | SE | Energy          | 240
Gävle Papper AB            | gavle-papper         | SE | Manufacturing   | 99
Kerteminde Keramik         | kerteminde-keramik   | DK | Retail          | 22
Nørrebro Cykler ApS        | noerrebro-cykler     | DK | Retail          | 16
Havnens Bageri ApS         | havnens-bageri       | DK | Food            | 34
Hjørring Revision          | hjoerring-revision   | DK | Accounting      | 12
Delfts Atelier BV          | delfts-atelier       | NL | Retail          | 18
Fietsenmakerij 't IJ       | fietsenmakerij-ij    | NL | Retail          | 11
Kaasboerderij Gouwe BV     | kaasboerderij-gouwe  | NL | Food            | 27
Architecten Zijlstra       | architecten-zijlstra | NL | Architecture    | 41
Dalarna Snickeri AB        | dalarna-snickeri     | SE | Construction    | 24
Lund Bokhandel             | lund-bokhandel       | SE | Retail          | 13
Umeå Träning AB            | umea-traning         | SE | Fitness         | 38
Æblegården                 | aeblegaarden         | DK | Farming         | 4
Fotograf Højgaard          | fotograf-hoejgaard   | DK | Photography     | 2
Tekstbureau Bæk            | tekstbureau-baek     | DK | Copywriting     | 3
Studio Lijn                | studio-lijn          | NL | Design          | 5
Tekst & IJver              | tekst-en-ijver       | NL | Copywriting     | 1
Roos Coaching              | roos-coaching        | NL | Coaching        | 2
Sjögrens Kaffe             | sjogrens-kaffe       | SE | Food            | 6
Åkesson Foto               | akesson-foto         | SE | Photography     | 1
Öbergs Trädgård            | obergs-tradgard      | SE | Gardening       | 3
Ryd & Dotter               | ryd-och-dotter       | SE | Design          | 7
Danske Havne Holding A/S   | danske-havne         | DK | Transport       | 4800
Jyske Supermarkeder A/S    | jyske-supermarkeder  | DK | Retail          | 9200
Nederlandse Waterwegen NV  | nl-waterwegen        | NL | Public sector   | 6100
Koninklijke Rozen NV       | koninklijke-rozen    | NL | Agriculture     | 1850
Svenska Skogsbolaget AB    | svenska-skogsbolaget | SE | Forestry        | 7400
Mälardalens Sjukvård       | malardalens-sjukvard | SE | Health care     | 12000
Thames Freight Ltd         | thames-freight       | GB | Logistics       | 260
Pennine Software Ltd       | pennine-software     | GB | Software        | 140
Cairngorm Insurance plc    | cairngorm-insurance  | GB | Insurance       | 1900
Elbe Werkzeugbau GmbH      | elbe-werkzeugbau     | DE | Manufacturing   | 320
Spreewald Software GmbH    | spreewald-software   | DE | Software        | 85
Hardanger Fisk AS          | hardanger-fisk       | NO | Food            | 150
Lofoten Data AS            | lofoten-data         | NO | SaaS            | 60
Seine Logiciels SARL       | seine-logiciels      | FR | Software        | 210
Rival A/S                  | rival                | DK | Software        | 130
Other Rival BV             | other-rival          | NL | SaaS            | 95
"""


@dataclass(frozen=True, slots=True)
class Company:
    """A company as its own people and the CRM would state it."""

    name: str
    slug: str
    country: str
    industry: str
    employees: int

    @property
    def domain(self) -> str:
        return f"{self.slug}.example"

    @property
    def kind(self) -> str:
        """How well it fits what the story's company sells."""
        if "rival" in self.slug.split("-"):
            return RIVAL
        if self.country not in _MARKETS:
            return ABROAD
        sizes = ((10, TINY), (50, SMALL), (1001, CORE if self.industry in _OUR_INDUSTRIES else GOOD))
        return next((kind for below, kind in sizes if self.employees < below), HUGE)

    @property
    def traits(self) -> dict[str, str | int]:
        """What a CRM says of it: half of them write the country out, and some the number as a text."""
        number = self.employees
        return {
            "name": self.name,
            "domain": self.domain,
            "industry": self.industry,
            "employees": str(number) if number % 4 == 0 else number,
            "country": self.country if number % 3 else _LOCAL_NAMES.get(self.country, self.country),
        }


_OUR_INDUSTRIES: Final = frozenset({"Software", "SaaS", "E-commerce"})


def _read(table: str) -> tuple[Company, ...]:
    rows = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    return tuple(Company(name, slug, country, industry, int(size)) for name, slug, country, industry, size in rows)


COMPANIES: Final[Sequence[Company]] = _read(_TABLE)
BY_KIND: Final[Mapping[str, tuple[Company, ...]]] = {
    kind: tuple(company for company in COMPANIES if company.kind == kind)
    for kind in (CORE, GOOD, SMALL, TINY, HUGE, ABROAD, RIVAL)
}
