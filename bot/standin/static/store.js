// What this person sees: the state that the server sent, changed by its patches. Views ask to be told of changes.

export const store = {
  ready: false,
  me: "",
  people: new Map(),
  channels: new Map(),
  messages: new Map(), // channel -> Map(ts -> message), oldest first
  views: [],
  home: null,
  commands: [],
  shortcuts: [],
  usergroups: {},
  clock: 0, // the workspace's time minus this browser's
};

const listeners = [];

export function onChange(listener) {
  listeners.push(listener);
}

function tell(kind, detail) {
  for (const listener of listeners) listener(kind, detail);
}

const PATCHES = {
  state(news) {
    Object.assign(store, {
      ready: true,
      me: news.me,
      team: news.team,
      bot: news.bot,
      views: news.views,
      home: news.home,
      commands: news.commands,
      shortcuts: news.shortcuts,
      usergroups: news.usergroups,
      clock: news.now - Date.now(),
      people: new Map(news.people.map((p) => [p.id, p])),
      channels: new Map(news.channels.map((c) => [c.id, c])),
      messages: new Map(news.channels.map((c) => [c.id, new Map()])),
    });
    for (const message of [...news.messages].sort((a, b) => (a.ts < b.ts ? -1 : 1))) put(message);
  },
  message(news) {
    put(news.message);
  },
  message_deleted(news) {
    store.messages.get(news.channel)?.delete(news.ts);
  },
  views(news) {
    store.views = news.views;
  },
  home(news) {
    store.home = news.home;
  },
};

function put(message) {
  if (!store.messages.has(message.channel)) store.messages.set(message.channel, new Map());
  store.messages.get(message.channel).set(message.ts, message);
}

function apply(news) {
  const known = news.kind === "message" && store.messages.get(news.message.channel)?.has(news.message.ts);
  PATCHES[news.kind](news);
  tell(news.kind, { ...news, known });
}

export function asked() {
  return new URLSearchParams(location.search).get("as");
}

export function connect(failed) {
  const address = new URL(`page/live?as=${encodeURIComponent(store.me)}`, location.href);
  address.protocol = "ws:";
  const socket = new WebSocket(address);
  socket.onmessage = (event) => apply(JSON.parse(event.data));
  socket.onclose = () => {
    failed();
    setTimeout(() => connect(failed), 1500);
  };
}

export async function act(what, fields = {}) {
  try {
    const response = await fetch(`page/act?as=${encodeURIComponent(store.me)}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ act: what, ...fields }),
    });
    return response.ok ? await response.json() : { ok: false, error: await response.text() };
  } catch {
    return { ok: false, error: "the workspace does not answer" };
  }
}

// What is read, per person: kept in this browser alone.
const readKey = () => `read:${store.team.id}:${store.me}`;

export function reads() {
  try {
    return JSON.parse(localStorage.getItem(readKey()) || "{}");
  } catch {
    return {};
  }
}

export function markRead(channel) {
  const last = [...(store.messages.get(channel)?.keys() ?? [])].at(-1) ?? "0";
  try {
    localStorage.setItem(readKey(), JSON.stringify({ ...reads(), [channel]: last }));
  } catch {
    // private windows may forbid storage; then everything is read on reload
  }
}

export function unread(channel) {
  const last = reads()[channel] ?? "0";
  return [...(store.messages.get(channel)?.values() ?? [])].filter((m) => m.ts > last && m.user !== store.me).length;
}

export function nameOf(user) {
  return user === "USLACKBOT" ? "Slackbot" : store.people.get(user)?.name ?? user;
}

export function channelTitle(channel) {
  if (!channel) return "";
  return channel.im ? nameOf(store.bot) : channel.name;
}

export function myself() {
  return store.people.get(store.me);
}
