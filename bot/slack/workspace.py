"""What the Slack side asks of the composition root when the workspace changes."""

from __future__ import annotations

from typing import Protocol


class Workspace(Protocol):
    """What the composition root does about the workspace."""

    async def tell_admins(self, text: str, key: str) -> None:
        """A line in the admin channel, once per key."""

    async def channel_moved(self, old: str, new: str) -> None:
        """Slack gave a channel another id: what is owed to the old one goes to the new one."""

    def installed(self, reason: str | None) -> None:
        """The app was removed or its token revoked, with the reason; None: it is there again."""
