"""Machines that click: mail filters open and follow every link within seconds, and nobody looked. Pure.

What an event says of itself is judged alone: `by_itself`. What only shows beside others is judged over a person's
clicks (`bursts`) and over a mail (`mail_of`: the message, else the mailing, that an event of mail is about). A reason
is a code, with what was recognised after a colon; the words for it stand where it is shown.

code              why the event is worth nothing
agent:NAME        its user agent is that of a program that nobody looks through
address:CLASS     its source says that the address belongs to a data centre
burst             three or more distinct links were clicked within 2 s
unopened          the mail was clicked, and nobody opened it
hand              a colleague said so
(any other)       the vendor's own flag: sg_machine_open, proxy_open
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from scoring.events import Value
from scoring.instants import SECOND, Duration, Instant

OPENED: Final = "email_opened"
CLICKED: Final = "email_clicked"
LOOKED_AT: Final = frozenset({OPENED, CLICKED, "page_viewed", "ad_clicked"})
"""What machines do in passing. What takes filling in, and every "no" (unsubscribing, complaining), always counts."""

BURST: Final = "burst"
UNOPENED: Final = "unopened"
HAND: Final = "hand"
BURST_LINKS: Final = 3
BURST_WITHIN: Final[Duration] = 2 * SECOND

_LISTED: Final = "https://github.com/monperrus/crawler-user-agents"
_GATEWAYS: Final = "https://check.live-direct-marketing.online/blog/bot-clicks-security-scanners-detect"
AGENTS: Final[Mapping[str, tuple[str, str]]] = {
    # part of the user agent, whatever its case: (whose it is, where that is written)
    "barracuda": ("Barracuda", "https://github.com/matomo-org/device-detector/blob/master/regexes/bots.yml"),
    "proofpoint": ("Proofpoint", _GATEWAYS),
    "mimecast": ("Mimecast", _GATEWAYS),
    "ciscosecureemail": ("Cisco Secure Email", _GATEWAYS),
    "google-safety": (
        "Google Safety",
        "https://developers.google.com/search/docs/crawling-indexing/overview-google-crawlers",
    ),
    "googlebot": ("Googlebot", "https://developers.google.com/search/docs/crawling-indexing/googlebot"),
    "bingbot": ("Bing", "http://www.bing.com/bingbot.htm"),
    "bingpreview": ("Bing", "https://www.bing.com/webmaster/help/which-crawlers-does-bing-use-8c184ec0"),
    "slackbot": ("Slack's link preview", "https://api.slack.com/robots"),
    "facebookexternalhit": (
        "Facebook's link preview",
        "https://developers.facebook.com/docs/sharing/webmasters/crawler/",
    ),
    "skypeuripreview": ("Skype's link preview", _LISTED),
    "linkedinbot": ("LinkedIn's link preview", _LISTED),
    "twitterbot": ("X's link preview", "https://dev.twitter.com/cards/getting-started"),
    "telegrambot": ("Telegram's link preview", _LISTED),
    "headlesschrome": (
        "a browser without a window",
        "https://developers.google.com/web/updates/2017/04/headless-chrome",
    ),
    "phantomjs": ("a browser without a window", "http://phantomjs.org/"),
    "python-requests": ("a program", _LISTED),
    "aiohttp": ("a program", "https://docs.aiohttp.org/en/stable/"),
    "go-http-client": ("a program", "https://golang.org/pkg/net/http/"),
    "curl/": ("a program", "https://curl.haxx.se/"),
    "wget/": ("a program", "https://www.gnu.org/software/wget/"),
    "libwww-perl": ("a program", _LISTED),
    "node-fetch": ("a program", "https://github.com/bitinn/node-fetch"),
    "axios/": ("a program", "https://github.com/axios/axios"),
}
"""Not here, because people look through them: image proxies (GoogleImageProxy, YahooMailProxy), Outlook (ms-office)."""

_HOSTING: Final = (
    "https://ipinfo.io/developers/privacy-standard-api"  # "a hosting/cloud service/data center IP address"
)
ADDRESS_CLASSES: Final[Mapping[str, str]] = {
    # a class of address that a source may give as `ip_class`, folded: where it is written
    "hosting": _HOSTING,
    "cloud": _HOSTING,
    "data_center": _HOSTING,
    "datacenter": _HOSTING,
}

_AGENT: Final = re.compile("|".join(map(re.escape, AGENTS)))
_LONGEST_AGENT: Final = 400
_MESSAGE: Final = ("message_id", "mail_id", "sg_message_id", "smtp-id")
_MAILING: Final = ("campaign", "campaign_id")
_LONGEST_MAIL: Final = 200


class Click(NamedTuple):
    """A stored click of one person. `seq` is its place in the log."""

    seq: int
    at: Instant
    url: str


def by_itself(type_: str, properties: Mapping[str, Value]) -> str | None:
    """Why this event looks like a machine's, from what it says of itself; None where it does not."""
    if type_ not in LOOKED_AT:
        return None
    agent = properties.get("user_agent")
    if isinstance(agent, str) and (name := _agent(agent[:_LONGEST_AGENT])):
        return f"agent:{name}"
    address = properties.get("ip_class")
    if isinstance(address, str) and (folded := _folded(address)) in ADDRESS_CLASSES:
        return f"address:{folded}"
    return None


@lru_cache(maxsize=4096)
def _agent(text: str) -> str:
    found = _AGENT.search(text.casefold())
    return AGENTS[found[0]][0] if found else ""


def _folded(text: str) -> str:
    return text.strip().casefold().replace("-", "_").replace(" ", "_")


def bursts(clicks: Iterable[Click]) -> set[int]:
    """The clicks of one person that lie in some 2 s with three or more distinct links, in one pass over them."""
    ordered = sorted(clicks, key=lambda click: (click.at, click.seq))
    found: set[int] = set()
    links: Counter[str] = Counter()
    end = counted = 0
    for start, first in enumerate(ordered):
        while end < len(ordered) and ordered[end].at - first.at <= BURST_WITHIN:
            links[ordered[end].url] += 1
            end += 1
        if len(links) >= BURST_LINKS:
            found.update(click.seq for click in ordered[max(start, counted) : end])
            counted = end
        links[first.url] -= 1
        if not links[first.url]:
            del links[first.url]
    return found


def url_of(properties: Mapping[str, Value]) -> str | None:
    """The link that was clicked."""
    url = properties.get("url")
    return url.strip() or None if isinstance(url, str) else None


def mail_of(source: str, properties: Mapping[str, Value]) -> str | None:
    """The mail that an event is about, by the best name that its source gives it; None where it names none."""
    for kind, names in (("message", _MESSAGE), ("mailing", _MAILING)):
        for name in names:
            value = properties.get(name)
            if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip():
                return f"{source} {kind}:{str(value).strip()[:_LONGEST_MAIL]}"
    return None
