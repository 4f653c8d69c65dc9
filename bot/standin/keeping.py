"""Keeps the messages of a workspace in a file, so that a demo that is started again shows what was said before."""

import json
from dataclasses import asdict
from pathlib import Path

from bot.standin.values import Message
from bot.standin.workspace import Workspace


def keep(workspace: Workspace, path: Path) -> None:
    """Write every message and direct conversation; whole or not at all."""
    messages = [asdict(message) for channel in workspace.channels for message in workspace.messages.all_in(channel)]
    conversations = {channel.im_user: channel.id for channel in workspace.channels.values() if channel.im_user}
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps({"conversations": conversations, "messages": messages}), encoding="utf-8")
    unfinished.replace(path)


def bring_back(workspace: Workspace, path: Path) -> int:
    """Read what `keep` wrote into a workspace with the same people and channels; how many messages there are."""
    if not path.exists():
        return 0
    kept = json.loads(path.read_text(encoding="utf-8"))
    for user, channel in kept["conversations"].items():
        if user in workspace.users:
            workspace.dm(user, channel)
    found = [
        Message(**{**values, "blocks": tuple(values["blocks"]), "files": tuple(values.get("files", ()))})
        for values in kept["messages"]
    ]
    for message in found:
        workspace.messages.put(message)
    return len(found)
