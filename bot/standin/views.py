"""Modals in their stacks, and Home tabs."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.standin.elements import initial_state, with_ids
from bot.standin.errors import Refused
from bot.standin.ids import Ids
from bot.standin.messages import Changed
from bot.standin.values import Obj, View

STACK = 3
State = Mapping[str, Mapping[str, Any]]


class Views:
    """Each person has one stack of at most three modals and one Home tab."""

    def __init__(self, ids: Ids, changed: Changed) -> None:
        self._ids = ids
        self._changed = changed
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def stack(self, user: str) -> tuple[View, ...]:
        """The open modals of a person, the visible one last."""
        return tuple(self._stacks.get(user, ()))

    def home(self, user: str) -> View | None:
        """What the app published for this person."""
        return self._homes.get(user)

    def find(self, view_id: str) -> View | None:
        """An open modal or a Home tab, by id."""
        every = [*(v for stack in self._stacks.values() for v in stack), *self._homes.values()]
        return next((v for v in every if v.id == view_id), None)

    def by_external_id(self, external_id: str) -> View | None:
        """An open view, by the id that the app gave it."""
        every = [*(v for stack in self._stacks.values() for v in stack), *self._homes.values()]
        return next((v for v in every if v.content.get("external_id") == external_id), None)

    def open(self, user: str, content: Obj) -> View:
        """A new modal; what was open before is gone."""
        self._check_external_id(content)
        view = self._new(user, content)
        self._set_stack(user, [view])
        return view

    def push(self, user: str, content: Obj) -> View:
        """A modal on top of the open ones."""
        stack = self._stacks.get(user, [])
        if not stack:
            raise Refused("not_found")
        if len(stack) >= STACK:
            raise Refused("push_limit_reached")
        self._check_external_id(content)
        view = self._new(user, content, stack[-1])
        self._set_stack(user, [*stack, view])
        return view

    def update(self, view: View, content: Obj, expected_hash: str = "") -> View:
        """The view with new content. What a person typed stays where block and action ids stay, as in Slack."""
        if expected_hash and expected_hash != view.hash:
            raise Refused("hash_conflict")
        self._check_external_id(content, view)
        filled = self._filled(content)
        state = initial_state(filled["blocks"])
        for block, actions in state.items():
            for action in actions:
                typed = view.state.get(block, {}).get(action)
                if typed and typed["type"] == actions[action]["type"]:
                    actions[action] = dict(typed)
        new = replace(view, content=filled, hash=self._hash(), state=state, errors={})
        self.put(new)
        return new

    def publish(self, user: str, content: Obj, expected_hash: str = "") -> View:
        """The Home tab of a person."""
        old = self._homes.get(user)
        if expected_hash and (old is None or expected_hash != old.hash):
            raise Refused("hash_conflict")
        if old:
            return self.update(old, content)
        self._check_external_id(content)
        self._homes[user] = view = self._new(user, content)
        self._changed("home", view)
        return view

    def put(self, view: View) -> None:
        """Let this value stand for the view with its id."""
        if view.content["type"] == "home":
            self._homes[view.user] = view
            self._changed("home", view)
            return
        stack = [view if v.id == view.id else v for v in self._stacks.get(view.user, ())]
        self._set_stack(view.user, stack)

    def pop(self, view: View) -> None:
        """Close one modal and what is above it."""
        stack = self._stacks.get(view.user, [])
        kept = stack[: next((at for at, v in enumerate(stack) if v.id == view.id), len(stack))]
        self._set_stack(view.user, kept)

    def clear(self, user: str) -> None:
        """Close all modals of a person."""
        self._set_stack(user, [])

    def _new(self, user: str, content: Obj, previous: View | None = None) -> View:
        filled = self._filled(content)
        view_id = self._ids.new("V")
        state = initial_state(filled["blocks"])
        root, before = (previous.root_id, previous.id) if previous else (view_id, "")
        return View(view_id, user, filled, self._hash(), root, before, state)

    def _filled(self, content: Obj) -> Obj:
        return content | {"blocks": list(with_ids(content["blocks"], self._ids))}

    def _hash(self) -> str:
        return f"{self._ids.ts().partition('.')[0]}.{self._ids.secret(8)}"

    def _set_stack(self, user: str, stack: list[View]) -> None:
        self._stacks[user] = stack
        self._changed("views", user)

    def _check_external_id(self, content: Obj, view: View | None = None) -> None:
        found = self.by_external_id(content["external_id"]) if content.get("external_id") else None
        if found and (view is None or found.id != view.id):
            raise Refused("duplicate_external_id")
