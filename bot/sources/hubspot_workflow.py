"""HubSpot's workflow action "send a webhook": the contact as it is when it gets there.

https://developers.hubspot.com/docs/methods/workflows/webhook_information. What the workflow means only its builder
knows: `mapping.default_type` says it, else the type is `hubspot.workflow`.
"""

from __future__ import annotations

from typing import Any, Final

from bot.service.identity.identifiers import EMAIL, PHONE
from bot.sources.fields import a_list, a_map, get
from bot.sources.reading import Found, Request, Source
from bot.sources.schemes import HUBSPOT_V1, HUBSPOT_V2, HUBSPOT_V3

TRAITS: Final = {
    "firstname": "first_name",
    "lastname": "last_name",
    "jobtitle": "title",
    "lifecyclestage": "lifecycle",
}
"""HubSpot's names for a contact's properties that have one of ours; the others keep theirs."""


def _find(record: dict[str, Any], request: Request) -> Found:
    values = {name: get(stated, "value") for name, stated in a_map(record.get("properties")).items()}
    contact = f"hubspot:{record.get('portal-id')}:contact"
    ids = (record.get("canonical-vid") or record.get("vid"), record.get("vid"), *a_list(record.get("merged-vids")))
    return Found(
        type=request.config.mapping.default_type or "hubspot.workflow",
        people=(
            (EMAIL, (values.get("email"), *_addresses(record))),
            (PHONE, (values.get("phone"), values.get("mobilephone"))),
            *((contact, (one,)) for one in ids),
        ),
        time=values.get("lastmodifieddate"),
        traits={TRAITS.get(name, name): value for name, value in values.items() if value is not None},
        about=f"{contact}:{record.get('vid')}" if record.get("vid") is not None else "",
    )


def _addresses(record: dict[str, Any]) -> list[Any]:
    profiles = [a_list(get(profile, "identities")) for profile in a_list(record.get("identity-profiles"))]
    return [get(one, "value") for identities in profiles for one in identities if get(one, "type") == "EMAIL"]


SOURCE: Final = Source(
    kind="hubspot_workflow",
    prefix="hubspot",
    schemes={"v2": HUBSPOT_V2, "v3": HUBSPOT_V3, "v1": HUBSPOT_V1},
    find=_find,
)
