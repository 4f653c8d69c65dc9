// The few shortcodes that people of a sales team use; an unknown one stays as it was written.

const EMOJI = {
  fire: "🔥", bell: "🔔", no_bell: "🔕", white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", zzz: "💤",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", alarm_clock: "⏰", stopwatch: "⏱️", calendar: "📅", date: "📅", clock3: "🕒",
  phone: "☎️", telephone_receiver: "📞", email: "📧", envelope: "✉️", incoming_envelope: "📨", speech_balloon: "💬", link: "🔗",
  rocket: "🚀", tada: "🎉", star: "⭐", star2: "🌟", sparkles: "✨", trophy: "🏆", medal: "🏅", dart: "🎯", moneybag: "💰",
  chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊", mag: "🔍", eyes: "👀", wave: "👋",
  raised_hand: "✋", hand: "✋", thumbsup: "👍", "+1": "👍", thumbsdown: "👎", "-1": "👎", pray: "🙏", clap: "👏", muscle: "💪",
  point_right: "👉", arrow_right: "➡️", arrow_up: "⬆️", arrow_down: "⬇️", arrows_counterclockwise: "🔄", repeat: "🔁",
  large_green_circle: "🟢", large_yellow_circle: "🟡", red_circle: "🔴", large_orange_circle: "🟠", white_circle: "⚪",
  large_blue_circle: "🔵", snowflake: "❄️", ice_cube: "🧊", thermometer: "🌡️", sunny: "☀️", lock: "🔒", unlock: "🔓", key: "🔑",
  office: "🏢", house: "🏠", globe_with_meridians: "🌐", bust_in_silhouette: "👤", busts_in_silhouette: "👥", robot_face: "🤖",
  pushpin: "📌", memo: "📝", clipboard: "📋", wastebasket: "🗑️", gear: "⚙️", wrench: "🔧", bulb: "💡", question: "❓",
  exclamation: "❗", bangbang: "‼️", no_entry: "⛔", no_entry_sign: "🚫", information_source: "ℹ️", heart: "❤️", smile: "😄",
  slightly_smiling_face: "🙂", bow: "🙇", recycle: "♻️", inbox_tray: "📥", outbox_tray: "📤", coffee: "☕", seedling: "🌱",
};

export function emoji(name) {
  return EMOJI[name] ?? `:${name}:`;
}
