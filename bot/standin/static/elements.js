// Interactive elements. Inside an input block a choice is kept (surface.values) until the modal is sent; elsewhere it acts.

import { combobox } from "./combobox.js";
import { el, icon } from "./dom.js";
import { openMenu, sure } from "./menu.js";
import { picture } from "./blocks.js";
import { plain, textObject } from "./mrkdwn.js";
import { store } from "./store.js";

export const valueKey = (block, item) => JSON.stringify([block.block_id, item.action_id]);

export function element(item, block, surface) {
  return (ELEMENTS[item.type] ?? (() => el("span", { class: "unknown" }, `(an element of type ${item.type})`)))(item, block, surface);
}

// What the element shows: what was typed here, else what the app put there.
function current(item, block, surface, initial) {
  const key = valueKey(block, item);
  return surface.values?.has(key) ? surface.values.get(key) : initial;
}

async function changed(item, block, surface, value, act = !surface.input || surface.live) {
  if (act && item.confirm && !(await sure(item.confirm))) return;
  surface.values?.set(valueKey(block, item), value);
  if (act) await surface.press(item, block, value);
}

function common(item, block) {
  return { "data-focus": `${block.block_id}/${item.action_id}`, autofocus: item.focus_on_load === true };
}

function named(item, surface, fallback) {
  return surface.input ? {} : { "aria-label": item.placeholder?.text ?? fallback };
}

function button(item, block, surface) {
  const press = async (event) => {
    const target = event.currentTarget;
    if (item.confirm && !(await sure(item.confirm))) return;
    if (item.url) window.open(item.url, "_blank", "noopener,noreferrer");
    target.setAttribute("aria-busy", "true");
    await surface.press(item, block, null);
    target.removeAttribute("aria-busy");
  };
  const props = { type: "button", class: `button ${item.style ?? ""}`, onclick: press, "aria-label": item.accessibility_label };
  return el("button", { ...props, ...common(item, block) }, plain(item.text), item.url && icon("link"));
}

function overflow(item, block, surface) {
  const choose = (option) => {
    if (option.url) window.open(option.url, "_blank", "noopener,noreferrer");
    changed(item, block, surface, option.value, true);
  };
  const entries = item.options.map((option) => ({ label: plain(option.text), run: () => choose(option) }));
  const open = (event) => openMenu(event.currentTarget, entries);
  const props = { type: "button", class: "button overflow", "aria-label": "More actions", "aria-haspopup": "menu", onclick: open };
  return el("button", { ...props, ...common(item, block) }, icon("more"));
}

function optionNode(option) {
  return el("option", { value: option.value }, plain(option.text));
}

function select(options, item, block, surface, initial) {
  const now = current(item, block, surface, initial);
  const empty = el("option", { value: "", disabled: !surface.input }, item.placeholder?.text ?? "Choose…");
  const props = { class: "select", onchange: (event) => changed(item, block, surface, event.target.value || null) };
  const node = el("select", { ...props, ...common(item, block), ...named(item, surface, "Choose") }, empty, options);
  node.value = now ?? "";
  return node;
}

function staticSelect(item, block, surface) {
  const groups = (item.option_groups ?? []).map((group) =>
    el("optgroup", { label: group.label.text }, group.options.map(optionNode)));
  return select([...(item.options ?? []).map(optionNode), ...groups], item, block, surface, item.initial_option?.value);
}

const people = () => [...store.people.values()].filter((p) => !p.bot && !p.deleted).map((p) => [p.id, p.name]);
const rooms = () => [...store.channels.values()].filter((c) => !c.im && !c.archived).map((c) => [c.id, `#${c.name}`]);

function idSelect(choices, initial) {
  return (item, block, surface) =>
    select(choices().map(([id, name]) => el("option", { value: id }, name)), item, block, surface, item[initial]);
}

function typed(type, initial, more = () => ({})) {
  return (item, block, surface) => {
    const tell = (event) => changed(item, block, surface, event.target.value || null);
    const keep = (event) => surface.values?.set(valueKey(block, item), event.target.value || null);
    const multiline = item.multiline === true;
    const props = {
      ...common(item, block),
      ...more(item),
      ...named(item, surface, "Answer"),
      class: "field",
      type: multiline ? undefined : type,
      rows: multiline ? "4" : undefined,
      placeholder: item.placeholder?.text,
      value: current(item, block, surface, item[initial]) ?? "",
      oninput: keep,
      onchange: surface.input && !surface.live ? undefined : tell,
    };
    return el(multiline ? "textarea" : "input", props);
  };
}

function dateTime(item, block, surface) {
  const now = current(item, block, surface, item.initial_date_time);
  const local = (seconds) => {
    const moment = new Date(seconds * 1000);
    return new Date(moment - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  };
  const tell = (event) => changed(item, block, surface, event.target.value ? Math.floor(new Date(event.target.value) / 1000) : null);
  const props = { class: "field", type: "datetime-local", value: now ? local(now) : "", onchange: tell };
  return el("input", { ...props, ...common(item, block), ...named(item, surface, "Date and time") });
}

function ticks(type) {
  return (item, block, surface) => {
    const many = type === "checkbox";
    const initial = many ? (item.initial_options ?? []).map((o) => o.value) : item.initial_option?.value;
    const now = current(item, block, surface, initial);
    const name = `${surface.key}-${block.block_id}-${item.action_id}`;
    const box = el("div", { class: "ticks" });
    const tell = () => {
      const chosen = [...box.querySelectorAll("input:checked")].map((each) => each.value);
      changed(item, block, surface, many ? chosen : chosen[0] ?? null);
    };
    item.options.forEach((option) => {
      const checked = many ? (now ?? []).includes(option.value) : now === option.value;
      const tick = el("input", { type, name, value: option.value, checked, onchange: tell, "data-focus": `${name}/${option.value}` });
      const words = [el("span", {}, textObject(option.text)), option.description && el("small", {}, textObject(option.description))];
      box.append(el("label", { class: "tick" }, tick, el("span", { class: "tick-text" }, words)));
    });
    return box;
  };
}

function manySelect(choices, initials) {
  return (item, block, surface) => {
    const options = choices(item).map(([value, name]) => ({ value, text: { type: "plain_text", text: name, emoji: true } }));
    const shape = { ...item, options, initial_options: initials(item).map((value) => ({ value })) };
    const node = ticks("checkbox")(shape, block, surface);
    node.classList.add("many");
    return node;
  };
}

function externalSelect(item, block, surface) {
  const initial = item.initial_option;
  return combobox({
    label: item.placeholder?.text ?? "Search",
    input: { ...common(item, block), placeholder: item.placeholder?.text ?? "Type to search" },
    shown: surface.shown?.get(valueKey(block, item)) ?? initial?.text.text ?? "",
    least: item.min_query_length ?? 3,
    search: (typedText) => surface.suggest(item, block, typedText),
    choose: (option) => {
      surface.shown?.set(valueKey(block, item), option.text.text);
      changed(item, block, surface, option.value);
    },
  });
}

const everyOption = (item) => [...(item.options ?? []), ...(item.option_groups ?? []).flatMap((group) => group.options)];

const ELEMENTS = {
  button,
  overflow,
  image: (item) => picture(item),
  static_select: staticSelect,
  external_select: externalSelect,
  users_select: idSelect(people, "initial_user"),
  conversations_select: idSelect(rooms, "initial_conversation"),
  channels_select: idSelect(rooms, "initial_channel"),
  multi_static_select: manySelect(
    (item) => everyOption(item).map((o) => [o.value, o.text.text]),
    (item) => (item.initial_options ?? []).map((o) => o.value),
  ),
  multi_users_select: manySelect(people, (item) => item.initial_users ?? []),
  multi_conversations_select: manySelect(rooms, (item) => item.initial_conversations ?? []),
  multi_channels_select: manySelect(rooms, (item) => item.initial_channels ?? []),
  plain_text_input: typed("text", "initial_value", (item) => ({ maxlength: item.max_length })),
  email_text_input: typed("email", "initial_value", () => ({ autocomplete: "off", inputmode: "email" })),
  url_text_input: typed("url", "initial_value"),
  number_input: typed("text", "initial_value", (item) => ({ inputmode: item.is_decimal_allowed ? "decimal" : "numeric" })),
  datepicker: typed("date", "initial_date"),
  timepicker: typed("time", "initial_time"),
  datetimepicker: dateTime,
  radio_buttons: ticks("radio"),
  checkboxes: ticks("checkbox"),
};
