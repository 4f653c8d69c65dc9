"""files.*: uploaded in three steps, ready only some time after the last; a channel may be given one with it."""

from dataclasses import replace

from bot.standin.errors import Refused
from bot.standin.methods.arguments import Args
from bot.standin.methods.chat import file_url, writable
from bot.standin.values import SECOND, File, Obj
from bot.standin.workspace import Workspace

TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}
MAGIC = {"image/png": b"\x89PNG\r\n", "image/jpeg": b"\xff\xd8", "image/gif": b"GIF8"}
ALT_LIMIT = 1000


def get_upload_url(workspace: Workspace, args: Args) -> Obj:
    """First step: where to send the bytes."""
    if args["length"] <= 0:
        raise Refused("invalid_arguments", "[ERROR] must be greater than 0 [json-pointer:/length]")
    if len(args.get("alt_txt", "")) > ALT_LIMIT:
        raise Refused("alt_txt_too_large")
    file = File(workspace.ids.new("F"), args["filename"], args["length"], alt=args.get("alt_txt", ""))
    workspace.files[file.id] = file
    return {"upload_url": f"{workspace.upload_base}/upload/{file.id}", "file_id": file.id}


def receive(workspace: Workspace, file_id: str, data: bytes) -> bool:
    """Second step: the bytes. False when the file is unknown, has its bytes already, or they are of another length."""
    file = workspace.files.get(file_id)
    if file is None or file.data or len(data) != file.length:
        return False
    workspace.files[file_id] = replace(file, data=data)
    return True


def complete_upload(workspace: Workspace, args: Args) -> Obj:
    """Third step: Slack starts to work on the files, and shares them in a channel, if one is named."""
    channel = writable(workspace, args["channel_id"]) if args.get("channel_id") else None
    done = []
    listed = args["files"]
    if not isinstance(listed, list) or not all(isinstance(wanted, dict) for wanted in listed):
        raise Refused("invalid_arguments", "[ERROR] must be an array of objects [json-pointer:/files]")
    for wanted in listed:
        file = workspace.files.get(str(wanted.get("id")))
        if file is None or not file.data:
            raise Refused("file_not_found")
        mimetype = TYPES.get(file.name.rpartition(".")[2].lower(), "application/octet-stream")
        if not file.data.startswith(MAGIC.get(mimetype, b"")):
            mimetype = "application/octet-stream"
        ready_at = workspace.now() + int(workspace.file_seconds * SECOND)
        file = replace(file, title=wanted.get("title", file.name), mimetype=mimetype, ready_at=ready_at)
        workspace.files[file.id] = file
        done.append(file)
    if channel is not None:
        workspace.messages.post(
            channel.id,
            workspace.bot_user,
            args.get("initial_comment", ""),
            bot_id=workspace.bot_id,
            app_id=workspace.app_id,
            files=tuple({"id": file.id, "name": file.name, "size": file.length} for file in done),
        )
    return {"files": [_json(workspace, file) for file in done]}


def delete(workspace: Workspace, args: Args) -> Obj:
    """Delete one of the bot's own files, wherever it was shared: messages stay, and say that it is gone."""
    if workspace.files.pop(args["file"], None) is None:
        raise Refused("file_not_found")
    for channel in list(workspace.channels):
        for message in workspace.messages.all_in(channel):
            kept = tuple(file for file in message.files if file["id"] != args["file"])
            if kept != message.files:
                text = message.text or "This file was deleted."
                workspace.messages.put(replace(message, files=kept, text=text))
    return {}


def info(workspace: Workspace, args: Args) -> Obj:
    """One file; `mimetype` is empty until it is ready."""
    file = workspace.files.get(args["file"])
    if file is None:
        raise Refused("file_not_found")
    return {"file": _json(workspace, file), "comments": [], "response_metadata": {"next_cursor": ""}}


def _json(workspace: Workspace, file: File) -> Obj:
    ready = file.ready(workspace.now())
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype if ready else "",
        "filetype": file.name.rpartition(".")[2] if ready else "",
        "user": workspace.bot_user,
        "size": file.length,
        "alt_txt": file.alt,
        "url_private": file_url(workspace, file.id),
        "channels": [],
        "shares": _shares(workspace, file.id),
    }


def _shares(workspace: Workspace, file_id: str) -> Obj:
    """The messages that show it, by the kind of their channel."""
    found: Obj = {}
    for channel in workspace.channels.values():
        for message in workspace.messages.all_in(channel.id):
            if any(one["id"] == file_id for one in message.files):
                kind = "public" if channel.kind == "channels" else "private"
                found.setdefault(kind, {}).setdefault(channel.id, []).append({"ts": message.ts})
    return found
