"""The demo's sources as [source.NAME] would have them, its secrets, and what its settings say of identity."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from typing import Any, Final

from bot.demo.names import FREE_MAIL
from bot.demo.requests import FORMS, MAIL, WEBSITE
from bot.demo.site import DOMAIN

FORMS_HEADER: Final = "X-Forms-Secret"

SECRET_NAMES: Final[Mapping[str, str]] = {
    WEBSITE: "HOTLEAD_DEMO_WEBSITE_KEY",
    MAIL: "HOTLEAD_DEMO_MAIL_SECRET",
    FORMS: "HOTLEAD_DEMO_FORMS_SECRET",
}
"""The variable that holds the secret of each source."""

DEMO_SOURCES: Final[Mapping[str, Mapping[str, Any]]] = {
    WEBSITE: {"kind": "segment", "secrets": [SECRET_NAMES[WEBSITE]], "allow_history": True},
    MAIL: {"kind": "generic", "scheme": "standard", "secrets": [SECRET_NAMES[MAIL]], "allow_history": True},
    FORMS: {
        "kind": "generic",
        "scheme": "header",
        "header": FORMS_HEADER,
        "secrets": [SECRET_NAMES[FORMS]],
        "allow_history": True,
        "phone_region": "DK",
    },
}
"""The section of each source, by its name."""

DEMO_IDENTITY: Final[Mapping[str, Any]] = {"own_domains": [DOMAIN], "free_mail": sorted(FREE_MAIL.values())}
"""The section [identity]: the story's free addresses are nobody's company."""


def generate_secrets() -> dict[str, str]:
    """New secrets by the names of their variables, to be kept in the data folder."""
    return {
        SECRET_NAMES[WEBSITE]: secrets.token_urlsafe(24),
        SECRET_NAMES[MAIL]: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
        SECRET_NAMES[FORMS]: secrets.token_urlsafe(32),
    }
