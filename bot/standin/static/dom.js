// Builds nodes. Strings become text nodes and nothing else: no markup is ever parsed on this page.

const SVG = "http://www.w3.org/2000/svg";

export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "value" || name === "checked" || name === "disabled") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  fill(node, children);
  return node;
}

export function fill(node, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

export function replaceChildren(node, ...children) {
  node.replaceChildren();
  return fill(node, children);
}

const PATHS = {
  hash: "M9 4 7 20M17 4l-2 16M4 9h17M3 15h17",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  home: "M4 11.5 12 4l8 7.5M6 10v10h12V10",
  bolt: "M13 3 5 14h6l-1 7 8-11h-6z",
  reply: "M5 5h14v10h-8l-4 4v-4H5z",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  close: "M6 6l12 12M18 6 6 18",
  send: "M4 12 20 4l-5 16-3.5-6.5zM11.5 13.5 20 4",
  menu: "M4 7h16M4 12h16M4 17h16",
  back: "M15 5l-7 7 7 7",
  link: "M14 5h5v5M19 5l-8 8M17 14v5H5V7h5",
  eye: "M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  people: "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3 19c0-3 2.5-5 6-5s6 2 6 5M16 5.5a3 3 0 0 1 0 5.5M18 14.5c2 .6 3 2.2 3 4.5",
  archive: "M4 6h16v4H4zM6 10v9h12v-9M10 14h4",
  chat: "M4 5h16v11H10l-5 4v-4H4z",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, onclick, props = {}) {
  return el("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...props }, icon(name));
}

// Replaces a node by a newer one and keeps the keyboard where it was.
export function swap(old, node) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.dataset.focus;
  old.replaceWith(node);
  if (!focused) return;
  const again = key && [...node.querySelectorAll("[data-focus]")].find((each) => each.dataset.focus === key);
  const target = again || node;
  if (target === node) node.tabIndex = -1;
  target.focus({ preventScroll: true });
}

export function toast(text, tone = "info") {
  const node = el("div", { class: `toast ${tone}` }, text);
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), tone === "error" ? 9000 : 4000);
}
