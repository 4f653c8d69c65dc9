"""The Segment protocol, as Segment's and RudderStack's SDKs send it from servers and browsers.

https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/ and /connections/spec/. What the path
does not say (`/v1/track`, the browser's `/v1/t`), the message does (`type`, in old ones `action`), so a Segment webhook
destination may be pointed here too. Track events keep the sender's own names, except those of the spec that mean a word
of ours.
"""

from __future__ import annotations

from typing import Any, Final

from bot.service.identity.identifiers import ANONYMOUS_ID, EMAIL, PHONE, USER_ID
from bot.sources.base import SourceConfig
from bot.sources.bodies import Body
from bot.sources.fields import a_map, filled, first, places
from bot.sources.mapped import group_id
from bot.sources.problems import BadEvent
from bot.sources.reading import Batch, Found, Request, Source, split_records
from bot.sources.schemes import SEGMENT_WEBHOOK, WRITE_KEY
from bot.sources.words import own_word

_CALLS: Final = {
    "t": "track", "p": "page", "s": "screen", "i": "identify", "g": "group", "a": "alias",
    "track": "track", "page": "page", "screen": "screen", "identify": "identify", "group": "group", "alias": "alias",
}  # fmt: skip

_CALL_TYPES: Final = {"identify": "identified", "page": "page_viewed"}
"""The other calls have no word of ours: segment.screen, segment.group, segment.alias."""

_SEMANTIC: Final = {
    # /connections/spec/email/
    "Email Delivered": "email_sent",
    "Email Opened": "email_opened",
    "Email Link Clicked": "email_clicked",
    "Email Bounced": "email_bounced",
    "Email Marked as Spam": "email_complained",
    "Unsubscribed": "email_unsubscribed",
    # /connections/spec/b2b-saas/, /ecommerce/v2/, /live-chat/
    "Signed Up": "signed_up",
    "Product Added": "cart_added",
    "Live Chat Conversation Started": "chat_started",
}
_EMAIL_PROPERTIES: Final = {"url": "link_url", "campaign": "campaign_name", "title": "email_subject"}

_USER: Final = places(("userId", "user_id", "User ID"))
_PREVIOUS: Final = places(("previousId", "previous_id", "Previous ID"))
_ANONYMOUS: Final = places(("anonymousId", "anonymous_id"))
_MESSAGE: Final = places(("messageId", "message_id"))
_GROUP: Final = places(("groupId", "group_id", "Group ID"))
_TIME: Final = places(("originalTimestamp", "original_timestamp", "timestamp"))
_CORRECTED: Final = places(("timestamp",))
"""A message with `receivedAt` has been through Segment, which has set its timestamp right."""
_SENT_AT: Final = places(("sentAt", "sent_at"))
_CALL: Final = places(("type", "action"))
_AGENT: Final = places(("userAgent", "user_agent"))
_PAGE: Final = ("url", "path", "title", "referrer", "search")
_UTM: Final = {"source": "source", "medium": "medium", "name": "campaign", "term": "term", "content": "content"}
_NAMES: Final = {"firstName": "first_name", "lastName": "last_name"}


def _split(body: Body, config: SourceConfig) -> Batch:
    value = body.value
    batch = value.get("batch") if isinstance(value, dict) else None
    if isinstance(batch, list):
        return Batch(batch, shared={name: stated for name, stated in value.items() if name != "batch"})
    return split_records(body, config)


def _find(record: dict[str, Any], request: Request) -> Found:
    shared = request.shared or {}
    call = _call(record, request)
    context = a_map(record.get("context"))
    if "context" in shared:
        context = {**a_map(shared["context"]), **context}
    near, far = a_map(record.get("traits")), a_map(context.get("traits"))
    if call == "group":  # in a group call the traits are the company's
        near, company = {}, near
    else:
        company = {}
    corrected = "receivedAt" in record and "timestamp" in record
    return Found(
        type=_type(call, record, request.prefix),
        people=(
            (EMAIL, (near.get("email"), far.get("email"))),
            (USER_ID, (first(record, _USER),)),
            (PHONE, (near.get("phone"), far.get("phone"))),
            (ANONYMOUS_ID, (first(record, _ANONYMOUS),)),
        ),
        id=first(record, _MESSAGE),
        time=first(record, _CORRECTED if corrected else _TIME),
        sent_at=None if corrected else first(record, _SENT_AT) or first(shared, _SENT_AT),
        properties=_properties(call, record, context),
        traits=_traits(near, far, company, first(record, _GROUP) or first(context, _GROUP)),
        previous=first(record, _PREVIOUS) if call == "alias" else None,
        record={k: v for k, v in record.items() if k != "writeKey"} if "writeKey" in record else None,
    )


def _call(record: dict[str, Any], request: Request) -> str:
    """A batch's messages name their call; of a single one the path says it, where it does."""
    path = request.received.path.rstrip("/").rpartition("/")[2]
    call = _CALLS.get(path) if request.alone else None
    stated = call or first(record, _CALL)
    if not isinstance(stated, str):
        raise BadEvent(
            "no_type", f"the message names no type of call, such as {', '.join(sorted(set(_CALLS.values())))}"
        )
    return stated


def _type(call: str, record: dict[str, Any], prefix: str) -> str:
    if call == "track":
        name = own_word(record.get("event"), prefix, ("event",))
        return _SEMANTIC.get(name, name)
    return _CALL_TYPES.get(call) or f"{prefix}.{own_word(call, prefix)}"


def _properties(call: str, record: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    properties = a_map(record.get("properties"))
    if call == "track":
        if record.get("event") in _SEMANTIC and "campaign_id" in properties:
            properties = filled(properties, ((ours, properties.get(its)) for ours, its in _EMAIL_PROPERTIES.items()))
    else:
        properties = filled(properties, (("name", record.get("name")), ("category", record.get("category"))))
    return _with_context(properties, context) if context else properties


def _with_context(properties: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """What the SDK knows about the page, the campaign and the browser, where the sender does not say it himself."""
    page, campaign = a_map(context.get("page")), a_map(context.get("campaign"))
    more = [(name, page.get(name)) for name in _PAGE] if page else []
    more.append(("user_agent", first(context, _AGENT)))
    if campaign:
        more.append(("utm", {_UTM.get(name, name): value for name, value in campaign.items()}))
    return filled(properties, more)


def _traits(near: dict[str, Any], far: dict[str, Any], company: dict[str, Any], group: object) -> dict[str, Any]:
    traits = {**far, **near} if far else near
    more = [(ours, traits[its]) for its, ours in _NAMES.items() if its in traits]
    if company:
        more.append(("company", company))
    if group is not None:
        more.append(("group_id", group_id(group)))
    return filled(traits, more) if more else traits


SOURCE: Final = Source(
    kind="segment",
    prefix="segment",
    schemes={"write_key": WRITE_KEY, "webhook": SEGMENT_WEBHOOK},
    split=_split,
    find=_find,
)
