"""Names of countries in several languages, as the Unicode consortium has them: a file that Babel's data is put into.

Babel would hold 15 MiB for this one table, and let the first event with a country wait 0.1 s. So the table is kept, and
`python -m bot.language.countries` writes it anew; a test compares it with the Babel that is installed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("en", "da", "nl", "sv", "nb", "de", "fr", "fi", "es", "it", "pl")
"""The first that uses a name says which country it means."""
_FILE: Final = "countries.json"
_NO_COUNTRIES: Final = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


Names = Mapping[str, Mapping[str, str]]
"""Language -> ISO 3166-1 code -> name."""


def country_names() -> Names:
    """The table."""
    names: Names = json.loads((files("bot.language") / _FILE).read_text(encoding="utf-8"))
    return names


def babels() -> Names:
    """The same as Babel has it."""
    from babel import Locale

    return {
        language: {
            code: str(name)
            for code, name in sorted(Locale(language).territories.items())
            if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
        }
        for language in LANGUAGES
    }


if __name__ == "__main__":
    text = json.dumps(babels(), ensure_ascii=False, indent=0)
    (Path(__file__).parent / _FILE).write_text(text + "\n", encoding="utf-8")
