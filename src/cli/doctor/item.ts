/** `ok` · `warning`: works, but not everything or not for long · `fault`: does not work · `unseen`: not known, so never green. */
export type Health = 'ok' | 'warning' | 'fault' | 'unseen';

/** One thing that netdiag needs, and what was seen of it. */
export interface Item {
  /** Stable name, `slack.scopes`; its first word is the room. */
  readonly id: string;
  /** Which one, where there are several of the kind: a node, a channel, a person, a right, a setting. */
  readonly of: string | null;
  /** What people call it. */
  readonly title: string;
  readonly health: Health;
  /** What was seen, in one clause or sentence. May hold words of nodes, the cluster or Slack: show it only cleaned. */
  readonly seen: string;
  /** How to mend it, one sentence with the command where there is one; `null` where nothing is to be done. */
  readonly mend: string | null;
}

/** What an item is about. */
export interface About {
  readonly id: string;
  readonly title: string;
  readonly of?: string;
}

const item = (health: Health, { id, title, of }: About, seen: string, mend: string | null): Item => ({
  id,
  of: of ?? null,
  title,
  health,
  seen,
  mend,
});

export const ok = (about: About, seen: string): Item => item('ok', about, seen, null);
export const warning = (about: About, seen: string, mend: string): Item => item('warning', about, seen, mend);
export const fault = (about: About, seen: string, mend: string): Item => item('fault', about, seen, mend);
export const unseen = (about: About, why: string, mend: string | null = null): Item => item('unseen', about, why, mend);

/** The worst of them: a fault before something unseen, before a warning; `ok` of none. */
export function worst(items: readonly Pick<Item, 'health'>[]): Health {
  const order: readonly Health[] = ['fault', 'unseen', 'warning', 'ok'];
  return order.find((health) => items.some((one) => one.health === health)) ?? 'ok';
}

/** Exit status: warnings are well enough to work with. */
export function exitOf(items: readonly Item[]): 0 | 1 | 4 {
  const health = worst(items);
  return health === 'fault' ? 1 : health === 'unseen' ? 4 : 0;
}

/** `1 thing`, `2 things`. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

/** Packets of two captures are set in order by what is between them; a few seconds do no harm, and people compare logs with them. */
const CLOCK_WARNS_MS = 5000;
/** Tokens and certificates fresh from another clock are not valid yet. */
const CLOCK_HARMS_MS = 120_000;

/**
 * How far a clock is from ours, as an item: `at` milliseconds by theirs, seen between `from` and `to` by ours. Theirs
 * counts whole seconds and drops the rest.
 */
export function clockItem(about: About, at: number, { from, to }: { from: number; to: number }, mend: string): Item {
  const behind = Math.max(0, from - at - 1000);
  const ahead = Math.max(0, at - to);
  const off = Math.max(behind, ahead);
  const seconds = Math.round(off / 1000);
  if (seconds === 0) return ok(about, 'agrees with the clock here');
  const says = `${seconds} s ${behind > 0 ? 'behind' : 'ahead of'} the clock here`;
  if (off <= CLOCK_WARNS_MS) return ok(about, says);
  return off > CLOCK_HARMS_MS ? fault(about, says, mend) : warning(about, says, mend);
}
