// Where a person writes: messages, and slash commands with completion (not in threads, as in Slack).

import { offering } from "./combobox.js";
import { el, icon, iconButton, toast } from "./dom.js";
import { openMenu } from "./menu.js";
import { report } from "./modal.js";
import { act, store } from "./store.js";

let count = 0;

export function composer({ label, channel, thread = "" }) {
  const id = `composer-${(count += 1)}`;
  const list = el("ul", { id: `${id}-commands`, class: "options upward", role: "listbox", hidden: true, "aria-label": "Commands" });
  const field = el("textarea", {
    id, rows: "1", placeholder: label, "aria-label": label, role: thread ? undefined : "combobox", "aria-controls": thread ? undefined : list.id,
    "aria-expanded": thread ? undefined : "false", "aria-autocomplete": thread ? undefined : "list", enterkeyhint: "send", "data-focus": id,
  });
  const hint = el("p", { class: "composer-hint", "aria-live": "polite" });
  const offer = offering(field, list, (command) => {
    field.value = `${command.name} `;
    field.focus();
    typed();
  });

  function typed() {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 160)}px`;
    const text = field.value;
    const naming = !thread && /^\/\S*$/.test(text);
    offer.show(naming ? store.commands.filter((c) => c.name.startsWith(text) && c.name !== text) : [], commandNode);
    const command = store.commands.find((c) => text === c.name || text.startsWith(`${c.name} `));
    hint.textContent = !thread && command ? `${command.name} ${command.usage}` : "";
  }

  async function send() {
    const text = field.value.trim();
    if (!text) return;
    if (thread && store.commands.some((c) => text === c.name || text.startsWith(`${c.name} `))) {
      return toast(`${text.split(" ")[0]} does not work in threads. Write it in the channel.`, "error");
    }
    field.value = "";
    typed();
    if (text.startsWith("/") && !thread) report(await act("command", { channel, text }));
    else report(await act("say", { channel, text, thread_ts: thread }));
  }

  field.addEventListener("input", typed);
  field.addEventListener("keydown", (event) => {
    if (offer.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    }
  });
  field.addEventListener("blur", () => setTimeout(offer.close, 150));

  return el("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); send(); } },
    list,
    el("div", { class: "composer-box" },
      thread ? null : bolt(),
      field,
      el("button", { type: "submit", class: "icon-button send", "aria-label": "Send" }, icon("send"))),
    hint);
}

function commandNode(command) {
  return [el("strong", {}, command.name), " ", el("span", { class: "usage" }, command.usage), el("small", {}, command.description)];
}

function bolt() {
  const offered = store.shortcuts.filter((s) => s.scope === "global");
  if (!offered.length) return null;
  const entries = offered.map((s) => ({ label: s.name, run: async () => report(await act("shortcut", { callback_id: s.id })) }));
  return iconButton("bolt", "Shortcuts", (event) => openMenu(event.currentTarget, entries), { "aria-haspopup": "menu" });
}
