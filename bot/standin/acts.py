"""Acting as a person: commands, buttons, modals, the Home tab, shortcuts. Each act waits until the app has answered."""

from dataclasses import replace
from typing import Any

from bot.standin import elements, forms, payloads, responses, submissions
from bot.standin.blockkit import check_options
from bot.standin.deliver import Deliveries, Delivery
from bot.standin.errors import CannotActError, Refused
from bot.standin.tickets import ResponseUrl
from bot.standin.values import Command, Message, Obj, Shortcut, View
from bot.standin.workspace import Workspace

SLACKBOT = "USLACKBOT"


class Acts:
    """What people can do. A `Message` or `View` is acted on as it was seen, even when it has changed since."""

    workspace: Workspace
    deliveries: Deliveries
    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    response_base: str = ""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._suggested: dict[str, list[Obj]] = {}

    async def run_command(self, user: str, channel: str, command: str, text: str = "") -> Delivery:
        """Type a slash command in a channel."""
        self._check_may_write(user, channel)
        workspace = self.workspace
        url = self._response_url(user, channel)
        payload = payloads.slash_command(workspace, user, channel, command, text, url)
        delivery = await self.deliveries.send("slash_commands", payload)
        if not delivery.ok:
            said = f"{command} failed with the error “{delivery.error}”"
            workspace.messages.post(channel, SLACKBOT, said, ephemeral_to=user)
        elif delivery.body:
            body = {"text": delivery.body} if isinstance(delivery.body, str) else delivery.body
            try:
                responses.show(workspace, ResponseUrl(user, channel, workspace.now()), body)
            except Refused as refused:
                return self.deliveries.amend(delivery, _why(refused))
        return delivery

    async def press(
        self,
        user: str,
        target: Message | View | str,
        action_id: str,
        value: Any = None,
        *,
        block_id: str | None = None,
        channel: str = "",
    ) -> Delivery:
        """Use a button, menu or picker in a message, modal or Home tab.

        `target` is the message or view (or its ts with `channel`, or the view's id); `value` is what was chosen:
        an option's value, an id, a date, a text, or a list of them. A button needs none.
        """
        place = self.place(user, target, channel)
        block, element = elements.find(place.blocks, action_id, block_id)
        action = self._action(block, element, value)
        workspace = self.workspace
        if isinstance(place, View):
            view = self._with_state(place, block, element, action)
            return await self.deliveries.send("interactive", payloads.view_action(workspace, user, view, action))
        state = elements.initial_state(place.blocks)
        if element["type"] not in ("button", "overflow"):
            state[block["block_id"]][action_id] = _state_of(element, action)
        url = self._response_url(user, place.channel, place.ts, place.thread_ts)
        payload = payloads.message_action(workspace, user, place, action, state, url)
        return await self.deliveries.send("interactive", payload)

    async def submit_view(self, user: str, view: View | str, values: forms.Values | None = None) -> Delivery:
        """Fill in and submit the modal; `values` by action id or block id.

        The client's own complaints come back as `view_errors` with error `not_sent`; the app's as `view_errors` too.
        """
        seen = self._open_view(user, view)
        state = self._filled(seen, values or {})
        wrong = forms.problems(seen.blocks, state)
        seen = replace(seen, state=state, errors=wrong)
        self.workspace.views.put(seen)
        if wrong:
            return Delivery("interactive", {}, error="not_sent", view_errors=wrong)
        payload = payloads.view_submission(self.workspace, seen)
        delivery = await self.deliveries.send("interactive", payload)
        return self._after_submission(seen, delivery) if delivery.ok else delivery

    def fill(self, user: str, view: View | str, values: forms.Values) -> View:
        """Type into a modal (or Home tab) without submitting it."""
        place = self.place(user, view)
        if not isinstance(place, View):
            raise CannotActError("only a view is filled in")
        filled = replace(place, state=self._filled(place, values))
        self.workspace.views.put(filled)
        return filled

    async def close_view(self, user: str, view: View | str, *, clear: bool = False) -> Delivery | None:
        """Close a modal (`clear`: the whole stack); the app hears of it when the view asked for that."""
        seen = self._open_view(user, view)
        if clear:
            self.workspace.views.clear(user)
        else:
            self.workspace.views.pop(seen)
        if not seen.content.get("notify_on_close"):
            return None
        return await self.deliveries.send("interactive", payloads.view_closed(self.workspace, seen, cleared=clear))

    async def open_home(self, user: str) -> Delivery:
        """Open the app's Home tab."""
        self._check_person(user)
        workspace = self.workspace
        event: Obj = {"type": "app_home_opened", "user": user, "channel": workspace.dm(user).id, "tab": "home"}
        home = workspace.views.home(user)
        if home:
            event["view"] = payloads.view_json(workspace, home)
        return await self.deliveries.event(event | {"event_ts": workspace.ids.ts()})

    async def shortcut(self, user: str, callback_id: str, message: Message | None = None) -> Delivery:
        """Use a global shortcut, or one on a message."""
        self._check_person(user)
        url = ""
        if message:
            self._check_member(user, message.channel)
            url = self._response_url(user, message.channel, message.ts, message.thread_ts)
        wanted = Shortcut(callback_id, callback_id)
        return await self.deliveries.send("interactive", payloads.shortcut(self.workspace, user, wanted, message, url))

    async def suggest(self, user: str, target: Message | View | str, action_id: str, typed: str = "") -> list[Obj]:
        """Type into an external_select: the options that the app offers (in groups: all of them)."""
        place = self.place(user, target)
        block, element = elements.find(place.blocks, action_id)
        payload = payloads.suggestion(self.workspace, user, place, block, element, typed)
        delivery = await self.deliveries.send("interactive", payload)
        if not delivery.ok:
            return []
        problems = check_options(delivery.body)
        if problems:
            self.deliveries.amend(delivery, ": ".join(["invalid_options", *problems]))
            return []
        self._suggested[action_id] = elements.options_of(delivery.body)
        return self._suggested[action_id]

    async def say(self, user: str, channel: str, text: str, thread_ts: str = "") -> Message:
        """Write a message as a person."""
        self._check_may_write(user, channel)
        message = self.workspace.messages.post(channel, user, text, thread_ts=thread_ts)
        kind = {"channels": "channel", "groups": "group"}.get(self.workspace.channels[channel].kind, "im")
        fields = message.to_json() | {"channel": channel, "channel_type": kind}
        self.workspace.emit(fields.pop("type"), **fields)
        return message

    def place(self, user: str, target: Message | View | str, channel: str = "") -> Message | View:
        """The message or view that is meant, if this person may act on it."""
        if isinstance(target, str):
            messages, views = self.workspace.messages, self.workspace.views
            found = messages.ephemeral(user, target) or messages.find(channel, target) or views.find(target)
            if found is None:
                raise CannotActError(f"{user} sees nothing called {target}")
            target = found
        if isinstance(target, View):
            self._check_person(user)
            if target.user != user:
                raise CannotActError(f"the view belongs to {target.user}")
        elif target.ephemeral_to:
            self._check_person(user)
            if target.ephemeral_to != user:
                raise CannotActError(f"only {target.ephemeral_to} sees the message")
        else:
            self._check_member(user, target.channel)
        return target

    def _filled(self, view: View, values: forms.Values) -> forms.State:
        return forms.filled(view, values, lambda action_id: self._suggested.get(action_id, ()))

    def _after_submission(self, view: View, delivery: Delivery) -> Delivery:
        try:
            errors = submissions.apply(self.workspace, view, delivery.body)
        except Refused as refused:
            return self.deliveries.amend(delivery, _why(refused))
        return replace(delivery, view_errors=errors)

    def _action(self, block: Obj, element: Obj, value: Any) -> Obj:
        ids = {"action_id": element["action_id"], "block_id": block["block_id"]}
        if element["type"] == "button":
            keys = ("type", "text", "value", "style", "url")
            return ids | {k: element[k] for k in keys if k in element} | {"action_ts": self.workspace.ids.ts()}
        known = self._suggested.get(element["action_id"], ())
        return ids | elements.held(element, value, known) | {"action_ts": self.workspace.ids.ts()}

    def _with_state(self, view: View, block: Obj, element: Obj, action: Obj) -> View:
        if element["type"] in ("button", "overflow"):
            return view
        old = view.state
        actions = {**old.get(block["block_id"], {}), element["action_id"]: _state_of(element, action)}
        new = replace(view, state={**old, block["block_id"]: actions})
        self.workspace.views.put(new)
        return new

    def _open_view(self, user: str, view: View | str) -> View:
        wanted = view if isinstance(view, str) else view.id
        for found in self.workspace.views.stack(user):
            if found.id == wanted:
                return found if isinstance(view, str) else view
        raise CannotActError(f"{user} has no open modal {wanted}")

    def _response_url(self, user: str, channel: str, ts: str = "", thread_ts: str = "") -> str:
        return f"{self.response_base}/response/{self.workspace.tickets.response_url(user, channel, ts, thread_ts)}"

    def _check_person(self, user: str) -> None:
        person = self.workspace.users.get(user)
        if person is None or person.deleted or person.is_bot:
            raise CannotActError(f"{user} is nobody who could act")

    def _check_may_write(self, user: str, channel: str) -> None:
        self._check_member(user, channel)
        if self.workspace.channels[channel].is_archived:
            raise CannotActError(f"{channel} is archived")

    def _check_member(self, user: str, channel: str) -> None:
        self._check_person(user)
        place = self.workspace.channels.get(channel)
        if place is None or place.deleted or user not in place.members:
            raise CannotActError(f"{user} is not in {channel}")


def _why(refused: Refused) -> str:
    return ": ".join([refused.code, *refused.messages])


def _state_of(element: Obj, action: Obj) -> Obj:
    key = elements.HOLDINGS[element["type"]].key
    return {"type": element["type"], key: action[key]}
