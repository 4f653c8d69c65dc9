// Puts the page together: who I am, where I am (the address's #part), and what changes live.

import { blocks } from "./blocks.js";
import { composer } from "./composer.js";
import { el, icon, iconButton, replaceChildren, toast } from "./dom.js";
import { messageList } from "./messages.js";
import { renderModal, report, startModals } from "./modal.js";
import { renderSidebar } from "./sidebar.js";
import { act, asked, channelTitle, connect, markRead, nameOf, onChange, store, unread } from "./store.js";

const sidebar = document.getElementById("sidebar");
const main = document.getElementById("main");
const aside = document.getElementById("thread");
const list = messageList("Messages");
const threadList = messageList("Thread");
const EMPTY = "Nothing here yet.";
let place = "";
let parent = "";
let homeNode = null;
const homeValues = new Map();

// The address: #home, #C…, or #C…/ts with a thread open.
function route() {
  const [where, ts] = location.hash.slice(1).split("/");
  const known = where === "home" || store.channels.has(where);
  const first = [...store.channels.values()].find((c) => c.name === "sales") ?? [...store.channels.values()][0];
  const next = known ? where : first?.id ?? "home";
  document.body.classList.remove("drawer");
  if (next !== place) open(next);
  showThread(next === "home" ? "" : ts ?? "");
}

function open(next) {
  place = next;
  if (place === "home") openHome();
  else openChannel(store.channels.get(place));
  renderSidebar(sidebar, place);
  title();
  settled();
}

function title() {
  const total = [...store.channels.keys()].reduce((sum, id) => sum + (id === place ? 0 : unread(id)), 0);
  document.title = `${total ? `(${total}) ` : ""}${place === "home" ? "Home" : channelTitle(store.channels.get(place))} · ${store.team.name}`;
}

function menuButton() {
  return iconButton("menu", "Channels and people", () => document.body.classList.toggle("drawer"), { class: "icon-button only-narrow" });
}

function openChannel(channel) {
  const mark = channel.im ? "chat" : channel.archived ? "archive" : channel.private ? "lock" : "hash";
  const name = channelTitle(channel);
  replaceChildren(
    main,
    el("header", { class: "bar" },
      menuButton(),
      el("h1", {}, icon(mark), name),
      channel.shared && el("span", { class: "tag" }, "shared with another company"),
      el("span", { class: "topic" }, channel.im ? "Direct messages" : channel.topic),
      !channel.im && el("span", { class: "people", title: "members" }, icon("people"), channel.members)),
    list.node,
    channel.archived
      ? el("p", { class: "closed" }, "This channel is archived.")
      : composer({ label: `Message ${channel.im ? name : `#${name}`}`, channel: channel.id }),
  );
  list.node.id = "messages";
  list.node.setAttribute("aria-label", `Messages in ${name}`);
  list.reset(channelMessages, { name: place, open: openThread, empty: EMPTY });
  markRead(channel.id);
}

function channelMessages() {
  return [...(store.messages.get(place)?.values() ?? [])].filter((m) => !m.reply || m.subtype === "thread_broadcast" || (m.ephemeral && !m.thread_ts));
}

function openHome() {
  replaceChildren(
    main,
    el("header", { class: "bar" }, menuButton(), el("h1", {}, icon("home"), nameOf(store.bot)), el("span", { class: "topic" }, "Home")),
    (homeNode = el("div", { class: "home", id: "messages", tabindex: "0", role: "region", "aria-label": "Home tab" })),
  );
  renderHome();
  act("home").then(report);
}

function renderHome() {
  if (place !== "home" || !homeNode) return;
  const focus = homeNode.contains(document.activeElement) ? document.activeElement.dataset.focus : "";
  const view = store.home;
  const surface = view && {
    kind: "home",
    key: view.id,
    values: homeValues,
    shown: new Map(),
    press: async (item, block, value) => report(await act("press", { view: view.id, block_id: block.block_id, action_id: item.action_id, value })),
    suggest: async (item, block, typed) => (await act("suggest", { view: view.id, action_id: item.action_id, block_id: block.block_id, typed })).options ?? [],
  };
  replaceChildren(homeNode, view ? el("div", { class: "home-page" }, blocks(view.blocks, surface)) : el("p", { class: "empty" }, "The app has not published a Home tab for you yet."));
  if (focus) [...homeNode.querySelectorAll("[data-focus]")].find((each) => each.dataset.focus === focus)?.focus();
}

function openThread(message) {
  location.hash = `${place}/${message.ts}`;
}

function threadMessages() {
  return [...(store.messages.get(place)?.values() ?? [])].filter((m) => m.ts === parent || m.thread_ts === parent);
}

function showThread(ts) {
  if (parent && !ts) document.querySelector(`[data-focus="thread/${parent}"]`)?.focus();
  const opened = ts && ts !== parent;
  parent = ts;
  aside.hidden = !ts;
  document.body.classList.toggle("with-thread", Boolean(ts));
  if (!opened) return;
  const close = () => { location.hash = place; };
  const archived = store.channels.get(place)?.archived;
  replaceChildren(
    aside,
    el("header", { class: "bar" }, el("h2", {}, "Thread"), el("span", { class: "topic" }, channelTitle(store.channels.get(place))), iconButton("close", "Close the thread", close)),
    threadList.node,
    archived ? null : composer({ label: "Reply…", channel: place, thread: ts }),
  );
  threadList.reset(threadMessages, { name: parent, open: null, days: false, empty: "This message is gone." });
  aside.querySelector("textarea")?.focus();
}

function showMessage(message, known) {
  if (message.channel === place) {
    const top = !message.reply || message.subtype === "thread_broadcast";
    if (top) list.update(message);
    const above = store.messages.get(place).get(message.thread_ts);
    if (message.reply && above && list.has(above.ts)) list.update(above);
    if (parent && (message.ts === parent || message.thread_ts === parent)) threadList.update(message);
    if (document.visibilityState === "visible") markRead(place);
  }
  if (!known || message.channel !== place) renderSidebar(sidebar, place);
  title();
}

// Everything came again (a new channel, a changed person, a new connection): what is being typed must not be lost.
let drawn = "";
function settled() {
  const channel = store.channels.get(place);
  const now = JSON.stringify([store.me, place, channel?.name, channel?.archived, channel?.topic, channel?.members]);
  const same = place !== "" && (place === "home" || channel) && now === drawn;
  drawn = now;
  return same;
}

function refresh() {
  renderSidebar(sidebar, place);
  if (place === "home") renderHome();
  else list.reset(channelMessages, { name: place, open: openThread, empty: EMPTY });
  if (parent) threadList.reset(threadMessages, { name: parent, open: null, days: false, empty: "This message is gone." });
  title();
}

const REACTIONS = {
  state() {
    if (settled()) refresh();
    else {
      place = "";
      parent = "";
      route();
    }
    renderModal();
  },
  message: ({ message, known }) => showMessage(message, known),
  message_deleted({ channel, ts }) {
    if (channel !== place) return renderSidebar(sidebar, place);
    list.remove(ts);
    threadList.remove(ts);
  },
  views: renderModal,
  home: renderHome,
};

// Whom the address asks for, if they are somebody; else the first person of the workspace.
async function who() {
  const people = await (await fetch("page/people")).json();
  return people.includes(asked()) ? asked() : people[0];
}

addEventListener("hashchange", () => store.ready && route());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible" || !store.channels.has(place)) return;
  markRead(place);
  renderSidebar(sidebar, place);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  if (document.body.classList.contains("drawer")) document.body.classList.remove("drawer");
  else if (parent) location.hash = place;
});
main.addEventListener("click", (event) => {
  if (document.body.classList.contains("drawer") && !event.target.closest(".only-narrow")) document.body.classList.remove("drawer");
});

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("messages")?.focus();
});

startModals();
onChange((kind, detail) => REACTIONS[kind]?.(detail));
let warned = false;
store.me = await who();
connect(() => {
  if (!warned) toast("The workspace does not answer; trying again…", "error");
  warned = true;
});
