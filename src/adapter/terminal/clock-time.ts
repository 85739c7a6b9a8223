/** `19:03 UTC`, the same words wherever netdiag runs; `at` in milliseconds since the epoch. */
export function clockTime(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? 'at an unknown time' : `${date.toISOString().slice(11, 16)} UTC`;
}
