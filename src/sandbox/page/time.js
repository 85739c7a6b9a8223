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
