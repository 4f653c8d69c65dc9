// The open modal: the top of this person's stack, in a <dialog> that keeps the keyboard inside.

import { blocks } from "./blocks.js";
import { el, iconButton, replaceChildren, toast } from "./dom.js";
import { plain } from "./mrkdwn.js";
import { act, store } from "./store.js";

const dialog = document.getElementById("modal");
let shown = { id: "", hash: "", errors: "" };
let values = new Map();
let searched = new Map();
let problems = {};
let busy = false;

export function startModals() {
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  dialog.addEventListener("submit", (event) => event.preventDefault());
}

export function renderModal() {
  const view = store.views.at(-1);
  if (!view) {
    if (dialog.open) dialog.close();
    shown = { id: "", hash: "", errors: "" };
    return;
  }
  const errors = JSON.stringify(view.errors);
  if (view.id === shown.id && view.hash === shown.hash && errors === shown.errors) return;
  if (view.id !== shown.id) {
    values = new Map();
    searched = new Map();
  }
  problems = view.errors ?? {};
  shown = { id: view.id, hash: view.hash, errors };
  draw(view);
}

function draw(view) {
  const focused = dialog.contains(document.activeElement) ? document.activeElement.dataset.focus : "";
  const top = dialog.querySelector(".modal-body")?.scrollTop ?? 0;
  const body = el("div", { class: "modal-body" }, blocks(view.blocks, surface(view)));
  replaceChildren(
    dialog,
    el("form", { novalidate: true, onsubmit: submit },
      el("header", {}, el("h2", { id: "modal-title" }, plain(view.title)), iconButton("close", "Close", close)),
      body,
      el("footer", {},
        el("button", { type: "button", class: "button", onclick: close }, view.close ? plain(view.close) : "Cancel"),
        view.submit && el("button", { type: "submit", class: "button primary" }, plain(view.submit)))),
  );
  if (!dialog.open) dialog.showModal();
  body.scrollTop = top;
  focusFirst(body, focused);
}

function focusFirst(body, before) {
  const fields = [...body.querySelectorAll("[data-focus]")];
  const wrong = body.querySelector(".invalid input, .invalid select, .invalid textarea");
  const again = before && fields.find((field) => field.dataset.focus === before);
  (wrong || again || body.querySelector("[autofocus]") || body.querySelector("input, select, textarea") || dialog.querySelector("footer button:last-child"))?.focus({ preventScroll: !wrong });
}

function surface(view) {
  return {
    kind: "modal",
    key: view.id,
    values,
    shown: searched,
    error: (blockId) => problems[blockId],
    press: async (item, block, value) => report(await act("press", {
      view: view.id, block_id: block.block_id, action_id: item.action_id, value, values: typedValues(view),
    })),
    suggest: async (item, block, typed) =>
      (await act("suggest", { view: view.id, action_id: item.action_id, block_id: block.block_id, typed })).options ?? [],
  };
}

// Only what stands in the view now: the app may have taken a field away.
function typedValues(view) {
  const there = new Set();
  for (const block of view.blocks) {
    for (const item of [block.accessory, block.element, ...(block.elements ?? [])]) {
      if (item?.action_id) there.add(JSON.stringify([block.block_id, item.action_id]));
    }
  }
  return [...values].filter(([key]) => there.has(key)).map(([key, value]) => [...JSON.parse(key), value]);
}

async function submit(event) {
  event.preventDefault();
  const view = store.views.at(-1);
  if (!view || busy) return;
  busy = true;
  dialog.setAttribute("aria-busy", "true");
  const done = await act("submit", { view: view.id, values: typedValues(view) });
  busy = false;
  dialog.removeAttribute("aria-busy");
  const wrong = Object.keys(done.errors ?? {}).length > 0;
  if (wrong && store.views.at(-1)?.id === view.id) {
    problems = done.errors;
    shown.errors = JSON.stringify(problems);
    draw(store.views.at(-1));
  } else if (!wrong) {
    report(done);
  }
}

async function close() {
  const view = store.views.at(-1);
  if (view) report(await act("close", { view: view.id }));
}

export function report(done) {
  if (done.ok) return;
  const words = done.error === "operation_timeout" ? "The app did not answer within 3 seconds." : `That did not work: ${done.error}`;
  toast(words, "error");
}
