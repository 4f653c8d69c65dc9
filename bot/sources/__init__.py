"""What arrives on webhooks, as events in our words. Pure: bytes and a configuration in, values out.

To add a source: one file beside this one with a `SOURCE` (see reading.py), its line in `SOURCES`, its name in the
contract `sources-apart` of pyproject.toml; how it signs in schemes.py and, written again, in
tests/bot/sources/signing.py; its payloads in tests/payloads with what they mean in tests/payloads/expected, and their
line in tests/bot/sources/payloads.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.errors import BadConfiguration, Finding
from bot.sources import (
    activecampaign,
    brevo,
    calendly,
    cloudevents,
    generic,
    hubspot,
    hubspot_workflow,
    intercom,
    mailchimp,
    mailgun,
    mandrill,
    mautic,
    postmark,
    segment,
    sendgrid,
    standard,
    typeform,
)
from bot.sources.base import Limits, SourceConfig
from bot.sources.reading import Endpoint, Source, open_endpoint

SOURCES: Final[Mapping[str, Source]] = {
    source.kind: source
    for source in (
        activecampaign.SOURCE,
        brevo.SOURCE,
        calendly.SOURCE,
        cloudevents.SOURCE,
        generic.SOURCE,
        hubspot.SOURCE,
        hubspot_workflow.SOURCE,
        intercom.SOURCE,
        mailchimp.SOURCE,
        mailgun.SOURCE,
        mandrill.SOURCE,
        mautic.SOURCE,
        postmark.SOURCE,
        segment.SOURCE,
        sendgrid.SOURCE,
        standard.SOURCE,
        typeform.SOURCE,
    )
}


def open_source(config: SourceConfig, limits: Limits | None = None) -> Endpoint:
    """A configured source, ready to read requests; BadConfiguration names all that is wrong with it."""
    source = SOURCES.get(config.kind)
    if source is None:
        allowed = ", ".join(sorted(SOURCES))
        place = f"source.{config.name}.kind"
        raise BadConfiguration((Finding(place, f"{config.kind!r} is unknown", f"Allowed: {allowed}"),))
    return open_endpoint(source, config, limits or Limits())
