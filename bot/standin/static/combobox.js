// A text field that offers choices while you type: used for external selects and for slash commands.

import { el } from "./dom.js";

let count = 0;

export function combobox({ label, input, shown, least, search, choose }) {
  const listId = `list-${(count += 1)}`;
  const list = el("ul", { id: listId, role: "listbox", class: "options", hidden: true, "aria-label": label });
  const field = el("input", {
    ...input, type: "text", class: "field", role: "combobox", autocomplete: "off", value: shown,
    "aria-label": label, "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list",
  });
  const offer = offering(field, list, (option) => {
    field.value = option.text.text;
    choose(option);
  });
  let timer = 0;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (field.value.length < least) return offer.show([]);
    timer = setTimeout(async () => offer.show(await search(field.value), (o) => o.text.text), 150);
  });
  field.addEventListener("focus", async () => {
    if (least === 0) offer.show(await search(field.value), (o) => o.text.text);
  });
  field.addEventListener("blur", () => setTimeout(() => offer.show([]), 150));
  field.addEventListener("keydown", (event) => offer.key(event));
  return el("div", { class: "combobox" }, field, list);
}

// The list under (or above) a field: arrows move, Enter or Tab takes, Escape closes.
export function offering(field, list, take) {
  let options = [];
  let at = 0;
  const mark = () => {
    [...list.children].forEach((node, index) => node.setAttribute("aria-selected", String(index === at)));
    list.children[at]?.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", list.children[at]?.id ?? "");
  };
  const close = () => show([]);
  const pick = (index) => {
    const option = options[index];
    close();
    take(option);
  };
  function show(found, describe = (option) => option) {
    options = found;
    at = 0;
    list.replaceChildren(...found.map((option, index) =>
      el("li", {
        role: "option", id: `${list.id}-${index}`, class: "option",
        onmousedown: (event) => { event.preventDefault(); pick(index); },
      }, describe(option))));
    list.hidden = found.length === 0;
    field.setAttribute("aria-expanded", String(found.length > 0));
    mark();
  }
  const keys = {
    ArrowDown: () => { at = (at + 1) % options.length; mark(); },
    ArrowUp: () => { at = (at + options.length - 1) % options.length; mark(); },
    Enter: () => pick(at),
    Tab: () => pick(at),
    Escape: close,
  };
  const key = (event) => {
    if (!options.length || !keys[event.key] || event.shiftKey) return false;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
    return true;
  };
  return { show, key, close, get open() { return options.length > 0; } };
}
