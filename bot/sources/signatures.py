"""Whether a request comes from whom it says: the ways of proving it. Each vendor's own is in schemes.py.

All comparing is over bytes in constant time. A scheme reads the proof out of a request (`Proof`), an `Hmac` or `Ecdsa`
says how it is checked. Where the signer sends a time, a proof older than `window` is stale, one from as far ahead too;
a scheme without a time rests on (source, event id) having one effect.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, NamedTuple, Protocol, runtime_checkable
from urllib.parse import parse_qs

from bot.sources.base import Received
from scoring.instants import Duration, Instant

_MAX_DIGITS: Final = 16
_MAX_SIGNATURES: Final = 8
"""More in one header are not looked at: two live secrets on their side and on ours need four."""


class Verdict(Enum):
    """What a scheme says of a request."""

    GOOD = ("", "")
    MISSING = ("signature_missing", "the request carries no proof of where it comes from")
    STALE = ("signature_stale", "the request was signed too long ago, or a clock is wrong")
    WRONG = ("signature_wrong", "the signature or secret is not that of this source")
    IN_BODY = ("signature_missing", "the proof stands in the body, which has to be read first")

    @property
    def code(self) -> str:
        return self.value[0]

    @property
    def message(self) -> str:
        return self.value[1]


class Scheme(Protocol):
    """A way to prove where a request comes from. `key` raises ValueError for a secret that cannot be one."""

    def key(self, secret: bytes) -> Any: ...

    def check(self, received: Received, keys: Iterable[Any], /) -> Verdict: ...


@runtime_checkable
class InBody(Scheme, Protocol):
    """A scheme whose `check` may say IN_BODY: then the body is read, within its bounds, and this decides."""

    def check_body(self, received: Received, keys: Iterable[Any], body: Any, /) -> Verdict: ...


class Proof(NamedTuple):
    """What a request brings along: its signatures, the bytes that they are over, when it was signed."""

    signatures: Sequence[str]
    messages: Sequence[bytes]
    signed_at: Instant | None = None


def as_bytes(text: str) -> bytes:
    """Any text as bytes, also one with the surrogates that stand for a header's bytes that are not UTF-8."""
    return text.encode("utf-8", "surrogatepass")


def same(left: bytes, right: bytes) -> bool:
    """Equal, found out in constant time."""
    return hmac.compare_digest(left, right)


def among(keys: Iterable[bytes], given: bytes) -> Verdict:
    """Whether what was given is one of the secrets; each is looked at, whichever it is."""
    found = False
    for key in keys:
        found |= same(key, given)
    return Verdict.GOOD if found else Verdict.WRONG


def as_it_is(secret: bytes) -> bytes:
    """A secret whose bytes are the key."""
    return secret


def to_hex(digest: bytes) -> bytes:
    return digest.hex().encode()


def to_base64(digest: bytes) -> bytes:
    return binascii.b2a_base64(digest, newline=False)


def seconds(text: str) -> Instant | None:
    """The instant of a whole number of seconds; None for anything else."""
    return int(text) * 1_000_000 if text.isdecimal() and text.isascii() and len(text) <= _MAX_DIGITS else None


def milliseconds(text: str) -> Instant | None:
    """The same in milliseconds."""
    at = seconds(text)
    return None if at is None else at // 1000


def _fresh(proof: Proof, received_at: Instant, window: Duration) -> bool:
    return not window or (proof.signed_at is not None and abs(received_at - proof.signed_at) <= window)


@dataclass(frozen=True, slots=True)
class Hmac:
    """A keyed hash of the request, in hex or base64."""

    proof: Callable[[Received], Proof | None]
    digest: str = "sha256"
    encode: Callable[[bytes], bytes] = to_hex
    window: Duration = 0
    key: Callable[[bytes], bytes] = as_it_is
    plain_hash: bool = False
    """HubSpot v1 and v2 hash secret + message, without HMAC."""

    def check(self, received: Received, keys: Iterable[bytes]) -> Verdict:
        proof = self.proof(received)
        if proof is None:
            return Verdict.MISSING
        if not _fresh(proof, received.received_at, self.window):
            return Verdict.STALE
        given = [as_bytes(signature) for signature in proof.signatures[:_MAX_SIGNATURES]]
        encode, digest = self.encode, self._hash if self.plain_hash else self._hmac
        for key in keys:
            for message in proof.messages:
                expected = encode(digest(key, message))
                for one in given:
                    if same(expected, one):
                        return Verdict.GOOD
        return Verdict.WRONG

    def sign(self, key: bytes, message: bytes) -> str:
        """What the sender would have written."""
        return self.encode((self._hash if self.plain_hash else self._hmac)(key, message)).decode()

    def _hmac(self, key: bytes, message: bytes) -> bytes:
        return hmac.digest(key, message, self.digest)

    def _hash(self, key: bytes, message: bytes) -> bytes:
        return hashlib.new(self.digest, key + message).digest()


@dataclass(frozen=True, slots=True)
class Ecdsa:
    """SendGrid: ECDSA P-256 with SHA-256; the secret is its public key in base64 DER.

    https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
    """

    proof: Callable[[Received], Proof | None]
    window: Duration = 0

    def key(self, secret: bytes) -> Any:
        from cryptography.hazmat.primitives.asymmetric import ec  # 20 ms and 10 MiB, for the one source that needs it
        from cryptography.hazmat.primitives.serialization import load_der_public_key

        key = load_der_public_key(base64.b64decode(secret, validate=True))
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise ValueError("the key is no elliptic-curve public key")  # noqa: TRY004 -- as for any other bad secret
        return key

    def check(self, received: Received, keys: Iterable[Any]) -> Verdict:
        proof = self.proof(received)
        if proof is None:
            return Verdict.MISSING
        if not _fresh(proof, received.received_at, self.window):
            return Verdict.STALE
        signature = _from_base64(proof.signatures[0])
        return Verdict.GOOD if any(_verifies(key, signature, proof.messages[0]) for key in keys) else Verdict.WRONG


def _from_base64(text: str) -> bytes:
    """Only as it is written by the book: else the last character could be changed unnoticed."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except ValueError:
        return b""
    return decoded if base64.b64encode(decoded) == as_bytes(text) else b""


def _verifies(key: Any, signature: bytes, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


@dataclass(frozen=True, slots=True)
class StaticHeader:
    """The secret itself in a header, bare or as `Bearer`."""

    header: str
    key: Callable[[bytes], bytes] = as_it_is

    def check(self, received: Received, keys: Iterable[bytes]) -> Verdict:
        given = received.headers.get(self.header)
        if not given:
            return Verdict.MISSING
        word, _, rest = given.partition(" ")
        bare = as_bytes(rest.strip() if word.lower() == "bearer" else given)
        return among(keys, bare)


@dataclass(frozen=True, slots=True)
class UrlKey:
    """The secret as a parameter of the URL, for vendors that sign nothing; the last resort, for URLs are logged."""

    parameter: str = "key"
    key: Callable[[bytes], bytes] = as_it_is

    def check(self, received: Received, keys: Iterable[bytes]) -> Verdict:
        given = parameter(received, self.parameter)
        return among(keys, as_bytes(given)) if given else Verdict.MISSING


@dataclass(frozen=True, slots=True)
class Basic:
    """HTTP Basic. The secret is `name:password`, or with `suffix` the part before it."""

    suffix: bytes = b""
    body_field: str = ""
    """Where the name stands in the body when there is no header: a browser that is closing can send none."""

    def key(self, secret: bytes) -> tuple[bytes, bytes]:
        return base64.b64encode(secret + self.suffix), secret

    def check(self, received: Received, keys: Iterable[tuple[bytes, bytes]]) -> Verdict:
        given = received.headers.get("authorization")
        if not given:
            return Verdict.IN_BODY if self.body_field else Verdict.MISSING
        word, _, rest = given.partition(" ")
        return among([key for key, _ in keys], as_bytes(rest.strip())) if word.lower() == "basic" else Verdict.WRONG

    def check_body(self, _received: Received, keys: Iterable[tuple[bytes, bytes]], body: Any, /) -> Verdict:
        given = body.get(self.body_field) if isinstance(body, dict) else None
        return among([name for _, name in keys], as_bytes(given)) if isinstance(given, str) else Verdict.MISSING


def parameter(received: Received, name: str) -> str | None:
    """A parameter of the request's URL."""
    try:
        return parse_qs(received.public_url.partition("?")[2], max_num_fields=100).get(name, [None])[0]
    except ValueError:
        return None
