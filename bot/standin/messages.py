"""All messages of a workspace, by channel and time; changing one replaces the value."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from bot.standin.elements import with_ids
from bot.standin.errors import Refused
from bot.standin.ids import Ids
from bot.standin.values import Message, Obj

VERSIONS = 5
Changed = Callable[[str, Any], None]


class Messages:
    """Keeps messages and tells `changed` of each change: ("message" | "message_deleted" | "ephemeral" | …, value)."""

    def __init__(self, ids: Ids, changed: Changed) -> None:
        self._ids = ids
        self._changed = changed
        self._channels: dict[str, dict[str, Message]] = {}
        self._ephemerals: dict[tuple[str, str], Message] = {}
        self._before: dict[tuple[str, str], deque[Message]] = {}

    def post(self, channel: str, user: str, text: str, blocks: Iterable[Obj] = (), **more: Any) -> Message:
        """A new message; `more` are the other fields of Message."""
        filled = with_ids(blocks, self._ids)
        message = Message(channel=channel, ts=self._ids.ts(), user=user, text=text, blocks=filled, **more)
        if message.ephemeral_to:
            self._ephemerals[message.ephemeral_to, message.ts] = message
            self._changed("ephemeral", message)
        else:
            self._channels.setdefault(channel, {})[message.ts] = message
            self._mark_parent(message)
            self._changed("message", message)
        return message

    def edit(self, message: Message, text: str | None, blocks: list[Obj] | None, metadata: Obj | None) -> Message:
        """The message with what is not None replaced; an empty list or object removes."""
        self._before.setdefault((message.channel, message.ts), deque(maxlen=VERSIONS)).append(message)
        new = replace(
            message,
            text=message.text if text is None else text,
            blocks=message.blocks if blocks is None else with_ids(blocks, self._ids),
            metadata=message.metadata if metadata is None else metadata or None,
            edits=message.edits + 1,
            edited_ts=self._ids.ts(),
        )
        if message.ephemeral_to:
            self._ephemerals[message.ephemeral_to, message.ts] = new
            self._changed("ephemeral", new)
        else:
            self.put(new)
        return new

    def put(self, message: Message) -> None:
        """Let this value stand for the message of its channel and ts."""
        self._channels.setdefault(message.channel, {})[message.ts] = message
        self._changed("message", message)

    def move(self, old: str, new: str) -> None:
        """What was said in a channel stays in it when it gets another id."""
        for ts, message in self._channels.pop(old, {}).items():
            self._channels.setdefault(new, {})[ts] = replace(message, channel=new)

    def before(self, channel: str, ts: str) -> tuple[Message, ...]:
        """What a message was before its last changes, newest first: somebody may still look at that."""
        return tuple(reversed(self._before.get((channel, ts), ())))

    def delete(self, message: Message) -> None:
        """Remove a message; a parent of replies stays as a tombstone, as in Slack."""
        if message.ephemeral_to:
            self._ephemerals.pop((message.ephemeral_to, message.ts), None)
            self._changed("ephemeral_deleted", message)
        elif len(self.thread(message.channel, message.ts)) > 1:
            self.put(replace(message, text="This message was deleted.", blocks=(), metadata=None, deleted=True))
        else:
            del self._channels[message.channel][message.ts]
            self._changed("message_deleted", message)

    def find(self, channel: str, ts: str) -> Message | None:
        """The visible message with this ts, if there is one."""
        message = self._channels.get(channel, {}).get(ts)
        return None if message is None or message.deleted else message

    def get(self, channel: str, ts: str) -> Message:
        """The message, or the refusal `message_not_found`."""
        message = self.find(channel, ts)
        if message is None:
            raise Refused("message_not_found")
        return message

    def ephemeral(self, user: str, ts: str) -> Message | None:
        """The ephemeral message that `user` sees under this ts."""
        return self._ephemerals.get((user, ts))

    def ephemerals(self, user: str) -> tuple[Message, ...]:
        """What only this person sees, oldest first."""
        return tuple(m for (to, _), m in self._ephemerals.items() if to == user)

    def all_in(self, channel: str) -> tuple[Message, ...]:
        """Every message of a channel with replies, oldest first."""
        return tuple(self._channels.get(channel, {}).values())

    def history(self, channel: str) -> Iterator[Message]:
        """What the channel itself shows, newest first: no replies unless broadcast."""
        for message in reversed(self.all_in(channel)):
            if not message.is_reply or message.broadcast:
                yield message

    def thread(self, channel: str, ts: str) -> tuple[Message, ...]:
        """A parent and its replies, oldest first; empty when there is no parent."""
        messages = self._channels.get(channel, {})
        if ts not in messages:
            return ()
        return (messages[ts], *(m for m in messages.values() if m.thread_ts == ts and m.ts != ts))

    def _mark_parent(self, reply: Message) -> None:
        parent = self._channels[reply.channel].get(reply.thread_ts)
        if reply.is_reply and parent and not parent.thread_ts:
            self.put(replace(parent, thread_ts=parent.ts))
