// Slack's mrkdwn to nodes: bold, italic, strike, code, quotes, links, mentions, dates. Everything is a text node in the end.

import { el } from "./dom.js";
import { emoji } from "./emoji.js";
import { myself, nameOf, store } from "./store.js";

const INLINE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<angle>[^<>\\n]+)>",
    "(?<![\\p{L}\\p{N}*])\\*(?=\\S)(?<bold>[^*\\n]+?)(?<=\\S)\\*(?![\\p{L}\\p{N}*])",
    "(?<![\\p{L}\\p{N}_])_(?=\\S)(?<italic>[^_\\n]+?)(?<=\\S)_(?![\\p{L}\\p{N}_])",
    "(?<![\\p{L}\\p{N}~])~(?=\\S)(?<strike>[^~\\n]+?)(?<=\\S)~(?![\\p{L}\\p{N}~])",
    ":(?<emoji>[a-z0-9_+-]+):",
    "(?<bare>https?://[^\\s<>|]+[^\\s<>|.,;:!?)])",
  ].join("|"),
  "giu",
);

const plainWords = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

export function mrkdwn(text, verbatim = true) {
  return text.split("```").flatMap((part, at) => {
    if (at % 2 === 1) return [el("pre", {}, el("code", {}, plainWords(part.replace(/^\n|\n$/g, ""))))];
    return lines(part, verbatim);
  });
}

export function plain(object) {
  return object.emoji === false ? [object.text] : object.text.split(/(:[a-z0-9_+-]+:)/gi).map((part) => {
    const found = /^:([a-z0-9_+-]+):$/i.exec(part);
    return found ? emoji(found[1].toLowerCase()) : part;
  });
}

export function textObject(object) {
  return object.type === "plain_text" ? plain(object) : mrkdwn(object.text, object.verbatim === true);
}

function lines(text, verbatim) {
  const nodes = [];
  let quote = null;
  text.split("\n").forEach((line, at) => {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quoted) {
      if (!quote) nodes.push((quote = el("blockquote", {})));
      else quote.append("\n");
      quote.append(...inline(quoted[1], verbatim));
      return;
    }
    if (at > 0 && !quote) nodes.push("\n");
    quote = null;
    nodes.push(...inline(line, verbatim));
  });
  return nodes;
}

function inline(text, verbatim) {
  const nodes = [];
  let last = 0;
  for (const match of text.matchAll(INLINE)) {
    const node = piece(match.groups, verbatim);
    if (node === null) continue;
    nodes.push(plainWords(text.slice(last, match.index)), node);
    last = match.index + match[0].length;
  }
  nodes.push(plainWords(text.slice(last)));
  return nodes;
}

function piece(found, verbatim) {
  if (found.code !== undefined) return el("code", {}, plainWords(found.code));
  if (found.angle !== undefined) return angle(found.angle);
  if (found.bold !== undefined) return el("strong", {}, ...inline(found.bold, verbatim));
  if (found.italic !== undefined) return el("em", {}, ...inline(found.italic, verbatim));
  if (found.strike !== undefined) return el("s", {}, ...inline(found.strike, verbatim));
  if (found.emoji !== undefined) return document.createTextNode(emoji(found.emoji.toLowerCase()));
  return verbatim ? null : link(plainWords(found.bare), plainWords(found.bare));
}

function angle(inside) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : plainWords(inside.slice(bar + 1));
  if (target.startsWith("@")) return mention(`@${nameOf(target.slice(1))}`, target.slice(1) === store.me);
  if (target.startsWith("#")) return mention(`#${store.channels.get(target.slice(1))?.name ?? (label || "private channel")}`);
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!subteam^")) return mention(`@${store.usergroups[target.split("^")[1]] ?? (label || "group")}`);
  if (target.startsWith("!")) return mention(`@${target.slice(1)}`, true);
  return link(plainWords(target), label || plainWords(target));
}

function mention(text, mine = false) {
  return el("span", { class: mine ? "mention mine" : "mention" }, text);
}

export function link(url, label) {
  if (!/^(https?:|mailto:|tel:)/i.test(url)) return el("span", {}, label);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, label);
}

const DATE_FORMS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "2-digit", minute: "2-digit" },
  time_secs: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
};

export function inMyZone(moment, form) {
  const me = myself();
  return new Intl.DateTimeFormat(me?.locale, { timeZone: me?.tz, ...form }).format(moment);
}

function day(moment) {
  return inMyZone(moment, { year: "numeric", month: "2-digit", day: "2-digit" });
}

export function prettyDay(moment, form) {
  const now = Date.now() + store.clock;
  const near = [0, -1, 1].find((days) => day(now + days * 86_400_000) === day(moment));
  if (near === undefined) return inMyZone(moment, form);
  return new Intl.RelativeTimeFormat(myself()?.locale, { numeric: "auto" }).format(near, "day"); // "today" in their words
}

function ago(moment) {
  const minutes = Math.round((moment - Date.now() - store.clock) / 60_000);
  const words = new Intl.RelativeTimeFormat(myself()?.locale, { numeric: "auto" });
  if (Math.abs(minutes) < 60) return words.format(minutes, "minute");
  return Math.abs(minutes) < 1440 ? words.format(Math.round(minutes / 60), "hour") : words.format(Math.round(minutes / 1440), "day");
}

function date(target, fallback) {
  const [, seconds, format, url] = target.split("^");
  const moment = Number(seconds) * 1000;
  if (!Number.isFinite(moment) || !format) return document.createTextNode(fallback);
  const text = format.replace(/\{(\w+)\}/g, (whole, token) => {
    if (token === "ago") return ago(moment);
    const pretty = token.endsWith("_pretty");
    const form = DATE_FORMS[pretty ? token.slice(0, -7) : token];
    if (!form) return whole;
    return pretty ? prettyDay(moment, form) : inMyZone(moment, form);
  });
  const node = el("time", { datetime: new Date(moment).toISOString(), title: fallback }, plainWords(text));
  return url ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, node) : node;
}
