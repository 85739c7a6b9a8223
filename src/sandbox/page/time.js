/**
 * The time of a `ts` as hours and minutes.
 * @param {string} ts
 */
export function shortTime(ts) {
  return new Date(Number(ts) * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false });
}

/**
 * The whole date and time of a `ts`.
 * @param {string} ts
 */
export function fullTime(ts) {
  return new Date(Number(ts) * 1000).toLocaleString();
}

/** @type {Record<string, (at: Date) => string>} */
const parts = {
  date_num: (at) => at.toISOString().slice(0, 10),
  date: (at) => at.toLocaleDateString([], { dateStyle: 'long' }),
  date_short: (at) => at.toLocaleDateString([], { dateStyle: 'medium' }),
  date_long: (at) => at.toLocaleDateString([], { dateStyle: 'full' }),
  time: (at) => at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false }),
  time_secs: (at) => at.toLocaleTimeString([], { hour12: false }),
};

/**
 * A moment in the words of Slack's date format (https://docs.slack.dev/messaging/formatting-message-text#date-formatting);
 * the fallback when the moment is none.
 * @param {number} seconds since 1970
 * @param {string} format
 * @param {string} fallback
 */
export function formatted(seconds, format, fallback) {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return fallback;
  return format.replaceAll(/\{(\w+)\}/g, (whole, name) => parts[name.replace(/_pretty$/, '')]?.(at) ?? whole);
}
