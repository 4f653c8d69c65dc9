// The workspace's name, who I am, my channels and conversations with what is unread in them.

import { el, icon, replaceChildren } from "./dom.js";
import { avatar } from "./messages.js";
import { myself, nameOf, store, unread } from "./store.js";

export function renderSidebar(node, place) {
  const focus = node.contains(document.activeElement) ? document.activeElement.dataset.focus : "";
  const channels = [...store.channels.values()].sort((a, b) => a.name.localeCompare(b.name));
  const rooms = channels.filter((c) => !c.im && !c.archived);
  const old = channels.filter((c) => c.archived);
  const dms = channels.filter((c) => c.im);
  replaceChildren(
    node,
    el("div", { class: "team" }, el("strong", {}, store.team.name), el("small", {}, "stand-in for Slack")),
    switcher(),
    el("div", { class: "side-scroll" },
      section(nameOf(store.bot), [
        entry("home", icon("home"), "Home", place),
        ...dms.map((c) => entry(c.id, icon("chat"), "Messages", place)),
      ]),
      section("Channels", rooms.map((c) => entry(c.id, icon(c.private ? "lock" : "hash"), c.name, place, c))),
      old.length > 0 && section("Archived", old.map((c) => entry(c.id, icon("archive"), c.name, place, c)))),
  );
  if (focus) [...node.querySelectorAll("[data-focus]")].find((each) => each.dataset.focus === focus)?.focus();
}

function switcher() {
  const people = [...store.people.values()].filter((p) => !p.bot && !p.deleted);
  const roles = [...new Set(people.map((p) => p.role))];
  const select = el("select", {
    id: "person", "aria-label": "Act as", "data-focus": "person",
    onchange: (event) => { location.href = `?as=${encodeURIComponent(event.target.value)}${location.hash}`; },
  }, roles.map((role) => el("optgroup", { label: role }, people.filter((p) => p.role === role).map((p) => el("option", { value: p.id }, p.name)))));
  select.value = store.me;
  return el("div", { class: "me" }, avatar(store.me), el("div", { class: "me-text" }, el("label", { for: "person" }, "You are"), select, el("small", {}, myself().title || myself().role)));
}

function section(title, entries) {
  return el("section", {}, el("h2", {}, title), el("ul", {}, entries));
}

function entry(id, mark, label, place, channel) {
  const count = id === "home" || id === place ? 0 : unread(id);
  const props = { href: `#${id}`, class: count ? "entry unread" : "entry", "data-focus": `entry/${id}`, "aria-current": id === place ? "page" : undefined };
  const words = count === 1 ? "1 unread message" : `${count} unread messages`;
  return el("li", {}, el("a", props,
    mark,
    el("span", { class: "entry-name" }, label),
    channel?.shared && el("span", { class: "tag" }, "external"),
    count > 0 && el("span", { class: "count", "aria-label": words }, count)));
}
