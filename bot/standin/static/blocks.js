// Blocks to nodes. `surface` says where they stand: {kind, press, suggest, values, error, key}.

import { el } from "./dom.js";
import { element } from "./elements.js";
import { plain, textObject } from "./mrkdwn.js";

export function blocks(list, surface) {
  return list.map((block) => (BLOCKS[block.type] ?? unknown)(block, surface));
}

function unknown(block) {
  return el("div", { class: "block unknown" }, `(a block of type ${block.type})`);
}

const BLOCKS = {
  section(block, surface) {
    const body = el("div", { class: "section-body" });
    if (block.text) body.append(el("div", { class: "text" }, textObject(block.text)));
    if (block.fields) {
      body.append(el("div", { class: "fields" }, block.fields.map((field) => el("div", { class: "text" }, textObject(field)))));
    }
    const accessory = block.accessory && el("div", { class: "accessory" }, element(block.accessory, block, surface));
    return el("div", { class: `block section${accessory ? " with-accessory" : ""}` }, body, accessory);
  },
  header: (block) => el("h3", { class: "block header" }, plain(block.text)),
  divider: () => el("hr", { class: "block divider" }),
  context: (block, surface) =>
    el("div", { class: "block context" }, block.elements.map((each) =>
      each.type === "image" ? element(each, block, surface) : el("span", { class: "text" }, textObject(each)))),
  actions: (block, surface) =>
    el("div", { class: "block actions" }, block.elements.map((each) => element(each, block, surface))),
  image: (block) =>
    el("figure", { class: "block image" }, block.title && el("figcaption", {}, plain(block.title)), picture(block)),
  input: input,
};

export function picture(object) {
  const file = object.slack_file;
  if (!file) return el("span", { class: "no-picture" }, `Picture: ${object.alt_text}`);
  const id = file.id ?? /-(F\w+)\//.exec(file.url ?? "")?.[1] ?? "";
  return el("img", { src: `page/file/${id}`, alt: object.alt_text, loading: "lazy" });
}

function input(block, surface) {
  const id = `${surface.key}-${block.block_id}`;
  const problem = surface.error?.(block.block_id);
  const group = ["radio_buttons", "checkboxes", "multi_static_select", "multi_users_select"].includes(block.element.type);
  const label = [plain(block.label), block.optional && el("span", { class: "optional" }, " (optional)")];
  const field = element(block.element, block, { ...surface, live: block.dispatch_action === true, input: true, id });
  const described = [problem && `${id}-error`, block.hint && `${id}-hint`].filter(Boolean).join(" ");
  const target = field.matches("input, select, textarea") ? field : field.querySelector("input, select, textarea");
  if (target && !group) target.id = id;
  if (target && described) target.setAttribute("aria-describedby", described);
  if (target && problem) target.setAttribute("aria-invalid", "true");
  if (target && !block.optional) target.setAttribute("aria-required", "true");
  return el(
    group ? "fieldset" : "div",
    { class: `block input${problem ? " invalid" : ""}`, "data-block": block.block_id },
    group ? el("legend", {}, label) : el("label", { for: id }, label),
    field,
    problem && el("p", { class: "error", id: `${id}-error`, role: "alert" }, problem),
    block.hint && el("p", { class: "hint", id: `${id}-hint` }, plain(block.hint)),
  );
}
