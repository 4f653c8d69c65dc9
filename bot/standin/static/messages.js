// The messages of a channel or thread. Each message is one node that is replaced when it changes.

import { blocks } from "./blocks.js";
import { el, icon, iconButton, swap } from "./dom.js";
import { openMenu } from "./menu.js";
import { report } from "./modal.js";
import { inMyZone, mrkdwn, prettyDay } from "./mrkdwn.js";
import { emoji } from "./emoji.js";
import { act, nameOf, store } from "./store.js";

const GROUP_SECONDS = 300;
const PAGE = 200; // so many messages are drawn at first

export function avatar(user) {
  if (user === store.bot || user === "USLACKBOT") {
    return el("span", { class: "avatar bot", "aria-hidden": "true" }, el("img", { src: "static/icon.svg", alt: "" }));
  }
  const name = nameOf(user);
  const initials = name.split(/\s+/).filter((word) => /^\p{Lu}/u.test(word));
  const tone = [...user].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 8;
  const letters = [initials[0], initials.length > 1 ? initials.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "").join("");
  return el("span", { class: `avatar tone-${tone}`, "aria-hidden": "true" }, letters || "?");
}

// A list that follows the bottom unless the reader scrolled up.
export function messageList(label) {
  const list = el("div", { class: "messages", role: "log", "aria-label": label, "aria-live": "polite", tabindex: "0" });
  const nodes = new Map();
  let shown = { messages: () => [], open: null };
  let shownCount = PAGE;

  const atBottom = () => list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const toBottom = () => { list.scrollTop = list.scrollHeight; };

  function reset(messages, options) {
    if (shown.name !== options.name) shownCount = PAGE;
    shown = { messages, ...options };
    nodes.clear();
    list.replaceChildren();
    const all = messages();
    const from = Math.max(0, all.length - shownCount);
    if (from > 0) list.append(earlier(from));
    let last = null;
    for (const message of all.slice(from)) {
      append(message, last);
      last = message;
    }
    if (!last) list.append(el("p", { class: "empty" }, shown.empty));
    toBottom();
  }

  function earlier(count) {
    const words = count === 1 ? "Show 1 earlier message" : `Show ${count} earlier messages`;
    const more = () => {
      const below = list.scrollHeight - list.scrollTop;
      shownCount += count;
      reset(shown.messages, shown);
      list.scrollTop = list.scrollHeight - below;
      list.focus({ preventScroll: true });
    };
    return el("button", { type: "button", class: "button earlier", onclick: more }, words);
  }

  function append(message, before) {
    list.querySelector(".empty")?.remove();
    if (shown.days !== false && !sameDay(message, before)) list.append(dayLine(message));
    const node = messageNode(message, { ...shown, grouped: grouped(message, before) });
    nodes.set(message.ts, node);
    list.append(node);
  }

  function update(message) {
    const stick = atBottom();
    const old = nodes.get(message.ts);
    if (old) {
      const node = messageNode(message, { ...shown, grouped: old.classList.contains("grouped") });
      node.classList.add("changed");
      nodes.set(message.ts, node);
      swap(old, node);
    } else {
      const all = shown.messages();
      append(message, all[all.findIndex((m) => m.ts === message.ts) - 1] ?? null);
      nodes.get(message.ts).classList.add("new");
    }
    if (stick) toBottom();
  }

  function remove(ts) {
    nodes.get(ts)?.remove();
    nodes.delete(ts);
  }

  // A thread that opens, a keyboard on a phone: the list shrinks, its end stays in sight.
  let stuck = true;
  list.addEventListener("scroll", () => { stuck = atBottom(); }, { passive: true });
  new ResizeObserver(() => stuck && toBottom()).observe(list);
  list.addEventListener("load", () => stuck && toBottom(), true); // a picture came

  return { node: list, reset, update, remove, toBottom, has: (ts) => nodes.has(ts) };
}

const moment = (message) => Number(message.ts) * 1000;

function sameDay(a, b) {
  const form = { year: "numeric", month: "2-digit", day: "2-digit" };
  return b !== null && inMyZone(moment(a), form) === inMyZone(moment(b), form);
}

function grouped(message, before) {
  return before !== null && before.user === message.user && before.ephemeral === message.ephemeral
    && Number(message.ts) - Number(before.ts) < GROUP_SECONDS && sameDay(message, before) && !message.blocks;
}

function dayLine(message) {
  const words = prettyDay(moment(message), { weekday: "long", day: "numeric", month: "long" });
  return el("div", { class: "day", role: "separator" }, el("span", {}, words));
}

function messageNode(message, options) {
  const classes = ["message", message.bot && "from-bot", message.ephemeral && "ephemeral", options.grouped && "grouped"];
  const time = el("time", { class: "time", datetime: new Date(moment(message)).toISOString() }, inMyZone(moment(message), { hour: "2-digit", minute: "2-digit" }));
  const head = el("div", { class: "message-head" }, el("span", { class: "author" }, nameOf(message.user)), message.bot && el("span", { class: "badge" }, "APP"), time);
  const label = `${nameOf(message.user)}: ${message.text.slice(0, 120)}`;
  return el(
    "article",
    { class: classes.filter(Boolean).join(" "), "data-ts": message.ts, "aria-label": label },
    options.grouped ? el("span", { class: "gutter" }, time.cloneNode(true)) : avatar(message.user),
    el("div", { class: "message-body" },
      options.grouped ? null : head,
      message.ephemeral && el("p", { class: "only-you" }, icon("eye"), "Only visible to you"),
      content(message),
      handedOver(message),
      message.edits > 0 && !message.ephemeral && el("span", { class: "edited", title: `changed ${message.edits} times` }, "(edited)"),
      reactions(message),
      threadLine(message, options)),
    toolbar(message, options),
  );
}

function content(message) {
  if (message.blocks?.length) return el("div", { class: "blocks" }, blocks(message.blocks, surface(message)));
  const tombstone = message.subtype === "tombstone";
  return el("div", { class: tombstone ? "text tombstone" : "text" }, mrkdwn(message.text));
}

function handedOver(message) {
  if (!message.files?.length) return null;
  return el("ul", { class: "files" }, message.files.map((file) => el("li", {},
    el("a", { href: `page/file/${file.id}?as=${encodeURIComponent(store.me)}`, download: file.name }, file.name), ` ${Math.ceil(file.size / 1024)} KB`)));
}

function reactions(message) {
  if (!message.reactions) return null;
  return el("div", { class: "reactions" }, message.reactions.map((r) => el("span", { class: "reaction", title: r.users.map(nameOf).join(", ") }, emoji(r.name), " ", r.count)));
}

function replies(message) {
  return [...(store.messages.get(message.channel)?.values() ?? [])].filter((m) => m.thread_ts === message.ts && m.ts !== message.ts);
}

function threadLine(message, options) {
  const found = options.open ? replies(message) : [];
  if (!found.length) return null;
  const people = [...new Set(found.map((m) => m.user))].slice(0, 4);
  const words = found.length === 1 ? "1 reply" : `${found.length} replies`;
  return el("button", { type: "button", class: "thread-line", "data-focus": `thread/${message.ts}`, onclick: () => options.open(message) }, people.map(avatar), el("span", {}, words));
}

function toolbar(message, options) {
  if (message.ephemeral) {
    return el("div", { class: "toolbar" }, iconButton("close", "Dismiss this message", () => act("dismiss", { ts: message.ts })));
  }
  const offered = store.shortcuts.filter((s) => s.scope === "message");
  const run = async (id) => report(await act("shortcut", { callback_id: id, ts: message.ts, channel: message.channel }));
  const entries = offered.map((s) => ({ label: s.name, run: () => run(s.id) }));
  return el("div", { class: "toolbar" },
    options.open && iconButton("reply", "Reply in thread", () => options.open(message)),
    entries.length > 0 && iconButton("more", "Message shortcuts", (event) => openMenu(event.currentTarget, entries), { "aria-haspopup": "menu" }));
}

function surface(message) {
  const where = { ts: message.ts, channel: message.channel };
  return {
    kind: "message",
    key: message.ts,
    values: new Map(),
    shown: new Map(),
    press: async (item, block, value) =>
      report(await act("press", { ...where, block_id: block.block_id, action_id: item.action_id, value })),
    suggest: async (item, block, typed) =>
      (await act("suggest", { ...where, action_id: item.action_id, block_id: block.block_id, typed })).options ?? [],
  };
}
