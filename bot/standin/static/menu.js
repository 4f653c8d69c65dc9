// Small menus that open at a button, and the question "are you sure?".

import { el, replaceChildren } from "./dom.js";
import { plain, textObject } from "./mrkdwn.js";

export function openMenu(anchor, entries) {
  const holder = anchor.closest("dialog") ?? document.body;
  const menu = el("div", { role: "menu", class: "menu" });
  const close = (focus = true) => {
    menu.remove();
    anchor.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    if (focus) anchor.focus();
  };
  const outside = (event) => menu.contains(event.target) || close(false);
  entries.forEach(({ label, run }) =>
    menu.append(el("button", { type: "button", role: "menuitem", onclick: () => { close(); run(); } }, label)));
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  holder.append(menu);
  place(menu, anchor);
  anchor.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", outside, true);
  menu.firstElementChild?.focus();
}

function place(menu, anchor) {
  const box = anchor.getBoundingClientRect();
  const below = box.bottom + menu.offsetHeight + 8 < innerHeight;
  menu.style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - menu.offsetHeight - 4)}px`;
  menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - menu.offsetWidth - 8))}px`;
}

export function sure(confirm) {
  const dialog = document.getElementById("confirm");
  return new Promise((resolve) => {
    const answer = (yes) => { dialog.close(); resolve(yes); };
    replaceChildren(
      dialog,
      el("h2", { id: "confirm-title" }, plain(confirm.title)),
      el("p", { class: "text" }, textObject(confirm.text)),
      el("footer", {},
        el("button", { type: "button", class: "button", onclick: () => answer(false) }, plain(confirm.deny)),
        el("button", { type: "button", class: `button ${confirm.style === "danger" ? "danger" : "primary"}`, autofocus: true, onclick: () => answer(true) }, plain(confirm.confirm))),
    );
    dialog.oncancel = () => resolve(false);
    dialog.showModal();
  });
}
