"""How each kind of source is connected: what to paste where, who makes the secret, what the sender does when refused.

The commands, the pages under docs/sources and the sample requests go by this table; a test holds it against the kinds
that there are. To add a kind: its line here, its sample in samples.py, then `python -m tests.bot.app.pages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Guide:
    """One kind. In `steps`, {url} is the address to paste and {secret} the secret that belongs to it."""

    kind: str
    title: str
    what: str
    steps: tuple[str, ...]
    who: str
    """By what a person is known."""
    once: str
    """By what an event is known, so that it counts once."""
    when: str
    refused: str
    """What the sender does when it is refused, or hears nothing."""
    ours: bool = True
    """We make the secret; else it is copied from the sender."""
    looks: str = "hex"
    """What the secret looks like: hex, whsec (Standard Webhooks) or basic (name:password)."""
    header: str = ""
    """The header that `hotlead sources add` writes into the configuration."""
    path: str = "/hooks/{name}"
    testable: bool = True
    """`hotlead sources test` can sign like the sender."""


_MAIL: Final = "the recipient's e-mail address"

GUIDES: Final[Mapping[str, Guide]] = {
    guide.kind: guide
    for guide in (
        Guide(
            "segment",
            "Segment and RudderStack SDKs",
            "website and product: page views, forms, anything that is tracked",
            (
                "In the SDK set `host` (RudderStack: `dataPlaneUrl`) to {url} and the write key to {secret}.",
                "In a browser: the same host and write key; a page may send from any address.",
                'A Segment webhook destination may send here too, with `scheme = "webhook"` and its shared secret.',
            ),
            "`userId`, `anonymousId`, `traits.email`, `context.traits.email`; `groupId` is the company",
            "`messageId`",
            "`timestamp` or `originalTimestamp`, set right by `sentAt` where the sender's clock is wrong",
            "an SDK gives up at 400 and 401, and comes again after 503",
            path="",
        ),
        Guide(
            "hubspot",
            "HubSpot webhooks (a HubSpot app)",
            "CRM: contacts, companies and deals made and changed; a new lifecycle stage is `crm_stage_changed`",
            (
                "In the app's settings, under *Webhooks*, set the target URL to {url}.",
                "Subscribe to `contact.creation`, `contact.propertyChange` (email, lifecyclestage) and deals.",
                "Copy the app's *client secret* (under *Auth*) into {secret}.",
                "Set `public_url` under `[service]`: HubSpot signs the address.",
            ),
            "`objectId` with `portalId`; there is no address, so a contact's events wait until something names both",
            "portal, subscription, event, time and object together (the test button always sends eventId 100)",
            "`occurredAt`",
            "**never sends again** after 400, 401, 403, 404 and 405: refused requests are kept, "
            "`hotlead sources retry` takes them in when the secret is right",
            ours=False,
        ),
        Guide(
            "hubspot_workflow",
            "HubSpot workflow: send a webhook",
            "CRM: a contact as it is when it gets to the workflow's action",
            (
                "In the workflow add the action *Send a webhook*, method POST, with the URL {url}.",
                "Choose the request signature of your app, and copy its *client secret* into {secret}.",
                'Say what the workflow means under `[source.NAME.mapping]`: `default_type = "info_requested"`.',
                "Set `public_url` under `[service]`: HubSpot signs the address.",
            ),
            "`properties.email`, phone, and the contact's number with the portal's",
            "the contact's number and `lastmodifieddate`",
            "`lastmodifieddate`",
            "**never sends again** after most 4xx: refused requests are kept for `hotlead sources retry`",
            ours=False,
        ),
        Guide(
            "sendgrid",
            "SendGrid",
            "mail platform: mails sent, opened, clicked, bounced",
            (
                "Under *Settings → Mail Settings → Event Webhooks* add one with the URL {url}, and choose the events.",
                "Switch on *Signed Event Webhook* and copy the *verification key* (the public key) into {secret}.",
                "Press *Test your integration*: hotlead cannot sign like SendGrid, so `hotlead sources test` cannot.",
            ),
            _MAIL,
            "`sg_event_id`",
            "`timestamp`",
            "sends again for 24 hours; the same event may come dozens of times and counts once",
            ours=False,
            testable=False,
        ),
        Guide(
            "calendly",
            "Calendly",
            "calendar: meetings booked and canceled",
            (
                "Make a webhook subscription by Calendly's API (POST /webhook_subscriptions) with `url` {url},",
                "`events` `invitee.created` and `invitee.canceled`, and `signing_key` {secret}.",
            ),
            "`payload.email`, and the number for text reminders",
            "`payload.uri` with the event; a rescheduled meeting is one canceled and one booked",
            "`created_at`",
            "sends again for 24 hours, then disables the subscription",
        ),
        Guide(
            "typeform",
            "Typeform",
            "forms that were filled in",
            (
                "In the form, under *Connect → Webhooks*, add one with the URL {url}.",
                "Under *Edit*, set the secret to {secret}, and switch it on.",
                "Hidden fields `email`, `user_id`, `anonymous_id`, `phone` and `utm_…` are read.",
            ),
            "the answer of type e-mail, and the hidden fields",
            "`event_id`",
            "`submitted_at`",
            "sends again for some hours; disables the webhook at once at 404 and 410, which are never answered here",
        ),
        Guide(
            "activecampaign",
            "ActiveCampaign",
            "mail platform: mails opened and clicked, lists, deals",
            (
                "Under *Settings → Developer → Manage Webhooks* add one with the URL {url}?key={secret}.",
                "Choose the actions. ActiveCampaign signs nothing, so whoever sees the address can send events.",
            ),
            "`contact[email]`, phone and the contact's number",
            "derived from the event, the contact and the time",
            "`date_time`",
            "does not send again",
        ),
        Guide(
            "mautic",
            "Mautic",
            "marketing: pages, forms, mails, downloads",
            (
                "Under *Settings → Webhooks* make one with the POST URL {url} and the secret {secret}.",
                "Choose page hit, form submit, email open, email send and asset download.",
            ),
            "`fields.core.email.value`, phone, the contact's number; the tracking id for visits",
            "the hit's, submission's or stat's own id",
            "`dateHit`, `dateSubmitted`, `dateRead`",
            "sends again from its queue",
        ),
        Guide(
            "generic",
            "Generic JSON",
            "anything that can send JSON: Zapier, Make, Marketo, Tag Manager, your own code",
            (
                "Send a POST with an object or an array of them to {url}.",
                "Send the header `{header}` with it: {secret}.",
                "Say under `[source.NAME.mapping]` where the fields are, if they are not where they are looked for.",
            ),
            "`email`, `user_id`, `anonymous_id`, `phone`, or where the mapping says",
            "`id`, or what the mapping says; else derived from the whole record",
            "`occurred_at`, `timestamp`, … or what the mapping says",
            "does as you write it: let it send again after 503, and not after 4xx",
            header="x-hotlead-key",
        ),
        Guide(
            "standard",
            "Standard Webhooks",
            "your own services, signed by any Standard Webhooks library",
            (
                'Sign with the secret {secret} and send to {url}: `{{"type", "timestamp", "data"}}`.',
                "While the secret changes, sign with both, or name both under `secrets`.",
            ),
            "`data.email`, `data.user_id`, `data.anonymous_id`, `data.phone`",
            "`webhook-id`",
            "`data.occurred_at` or `timestamp`",
            "does as you write it: let it send again after 503, and not after 4xx",
            looks="whsec",
        ),
        Guide(
            "cloudevents",
            "CloudEvents 1.0",
            "clouds and brokers: binary, structured and batched",
            (
                "Set the endpoint to {url} with the header `Authorization`: the word Bearer and {secret}.",
                "The validation request (OPTIONS with `WebHook-Request-Origin`) is answered by itself.",
            ),
            "`subject` where it is an e-mail address, else `data.email` and the other fields of generic JSON",
            "`source` and `id`",
            "`time`",
            "as the broker is configured",
        ),
        Guide(
            "mailgun",
            "Mailgun",
            "mail platform: mails sent, opened, clicked, bounced",
            (
                "Under *Sending → Webhooks* add {url} for each event.",
                "Copy the *HTTP webhook signing key* (under *API security*) into {secret}.",
            ),
            _MAIL,
            "`event-data.id`",
            "`event-data.timestamp`",
            "sends again for 8 hours; counts only 200",
            ours=False,
        ),
        Guide(
            "postmark",
            "Postmark",
            "mail platform: mails delivered, opened, clicked, bounced",
            (
                "In the message stream, under *Webhooks*, add one with the URL {url}.",
                "Under *Basic auth credentials* set name and password: {secret}, parted by the colon.",
            ),
            "`Recipient` or `Email`",
            "`ID`, else message, recipient and link",
            "`ReceivedAt`, `DeliveredAt`, `BouncedAt`, `ChangedAt`",
            "sends again for some hours; counts only 200",
            looks="basic",
        ),
        Guide(
            "mandrill",
            "Mandrill (Mailchimp Transactional)",
            "mail platform: mails sent, opened, clicked, bounced",
            (
                "Under *Settings → Webhooks* add {url} and choose the events; it is looked at when it is saved.",
                "Copy the webhook's *key* into {secret}.",
                "Set `public_url` under `[service]`: Mandrill signs the address.",
            ),
            "`msg.email`",
            "the mail, the link, the kind and the time together",
            "`ts`",
            "sends again for about a day",
            ours=False,
        ),
        Guide(
            "mailchimp",
            "Mailchimp audiences",
            "mail platform: who subscribed, left and was cleaned (opens and clicks come from Mandrill)",
            (
                "Under *Audience → Settings → Webhooks* add {url}?key={secret}; it is looked at when it is saved.",
                "Mailchimp signs nothing by default, so whoever sees the address can send events.",
            ),
            "`data[email]`, phone, and the member's id of the list",
            "derived from the event, the member and the time",
            "`fired_at`",
            "sends again for about an hour",
        ),
        Guide(
            "brevo",
            "Brevo",
            "mail platform: mails sent, opened, clicked, bounced",
            (
                "Under *Transactional → Settings → Webhooks* (or by the API) add {url}.",
                "As authentication choose a token, {secret}: it comes as `Authorization: Bearer`.",
            ),
            "`email`",
            "the mail, the recipient, the link, the kind and the time together",
            "`ts_epoch`, `ts_event`",
            "sends again for some hours",
        ),
        Guide(
            "intercom",
            "Intercom",
            "chat: conversations, contacts, sign-ups",
            (
                "In the Developer Hub, under your app's *Webhooks*, set the endpoint to {url} and choose the topics.",
                "Copy the app's *client secret* (under *Basic information*) into {secret}.",
            ),
            "e-mail address, `external_id`, phone and Intercom's contact",
            "the notification's `id`",
            "`created_at`",
            "sends again once a minute, a few times",
            ours=False,
        ),
    )
}


def url_of(guide: Guide, name: str, public_url: str) -> str:
    """The exact address to paste."""
    return public_url.rstrip("/") + guide.path.format(name=name)


def steps_of(guide: Guide, name: str, public_url: str, secret: str, header: str = "") -> tuple[str, ...]:
    """What to paste where, with the address, the secret and its header (as configured, else as added) put in."""
    url = url_of(guide, name, public_url)
    return tuple(step.format(url=url, secret=secret, header=header or guide.header) for step in guide.steps)
