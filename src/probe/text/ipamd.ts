/** One thing that ipamd wrote about itself. `at` as written, `line` exactly. */
export type IpamdEvent = { readonly at: string; readonly line: string } & (
  | { readonly is: 'started'; readonly version: string }
  /** It could not list the node's containers. */
  | { readonly is: 'unseen'; readonly attempt: number; readonly of: number; readonly reason: string }
  /** Addresses of pods, as the API server knows them. */
  | { readonly is: 'addresses'; readonly count: number }
  /** No container was found for a pod, so its address is not kept. */
  | { readonly is: 'skipped'; readonly pod: string }
  | { readonly is: 'recovered'; readonly pod: string }
  | { readonly is: 'pool'; readonly total: number; readonly used: number }
  | { readonly is: 'detached' | 'deleted' | 'freed'; readonly eni: string }
  | { readonly is: 'other' }
);

type Told = IpamdEvent extends infer Each ? (Each extends IpamdEvent ? Omit<Each, 'at' | 'line'> : never) : never;

const OLD = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z) \[[A-Z]{4,8}\][ \t]+(.*)$/;
const NAME = '([a-z0-9][a-z0-9.-]{0,252})';
const ENI = '(eni-[0-9a-f]{8,17})';

const FORMS: readonly (readonly [RegExp, (found: readonly string[]) => Told])[] = [
  [/^Starting L-IPAMD v?(\d[\w.-]{0,40})/, ([version = '']) => ({ is: 'started', version })],
  [
    /^Not able to get local (?:containers|pod sandboxes) yet \(attempt (\d{1,3})\/(\d{1,3})\): (.*)$/,
    ([attempt, of, reason = '']) => ({ is: 'unseen', attempt: Number(attempt), of: Number(of), reason }),
  ],
  [/^getLocalPodsWithRetry\(\) found (\d{1,6}) used IPs\.?$/, ([count]) => ({ is: 'addresses', count: Number(count) })],
  [
    new RegExp(`^Skipping Pod ${NAME}, Namespace ${NAME}, due to no matching (?:container|sandbox)$`),
    ([pod = '', namespace = '']) => ({ is: 'skipped', pod: `${namespace}/${pod}` }),
  ],
  [
    new RegExp(`^Recovered AddNetwork for Pod ${NAME}, Namespace ${NAME}, (?:Container|Sandbox) `),
    ([pod = '', namespace = '']) => ({ is: 'recovered', pod: `${namespace}/${pod}` }),
  ],
  [
    /^IP pool stats: total = (\d{1,6}), used = (\d{1,6}), /,
    ([total, used]) => ({ is: 'pool', total: Number(total), used: Number(used) }),
  ],
  ...(['detached', 'deleted', 'freed'] as const).map((is): readonly [RegExp, (found: readonly string[]) => Told] => [
    new RegExp(`^Successfully ${is} ENI: ${ENI}$`),
    ([eni = '']) => ({ is, eni }),
  ]),
];

/** Characters of a line: ipamd's longest, a list of addresses, has not half as many. */
const LONGEST = 2000;

/** What a line of ipamd's log tells; `other` for a line of ipamd about something else, `null` for what is no line of its log. */
export function said(line: string): IpamdEvent | null {
  if (line.length > LONGEST) return null;
  const parts = line.startsWith('{') ? json(line) : plain(line);
  if (parts === null) return null;
  const [at, message] = parts;
  for (const [form, told] of FORMS) {
    const found = form.exec(message);
    if (found !== null) return { ...told(found.slice(1)), at, line };
  }
  return { is: 'other', at, line };
}

function plain(line: string): readonly [string, string] | null {
  const [, at, message] = OLD.exec(line) ?? [];
  return at === undefined || message === undefined ? null : [at, message];
}

function json(line: string): readonly [string, string] | null {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof entry !== 'object' || entry === null || !('ts' in entry) || !('msg' in entry)) return null;
  return typeof entry.ts === 'string' && typeof entry.msg === 'string' ? [entry.ts, entry.msg] : null;
}
