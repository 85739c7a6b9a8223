import type { Digest, IncidentState, NodeIdentity } from '../model/index.ts';
import { type Skew, skewOf } from './clock-skew.ts';
import type { Ports } from './ports.ts';
import { targetOf } from './target.ts';
import { within } from './within.ts';

/** The subject's node state now, with who answered and how right its clock is; `null` where no door opens. `lines` is `null` where it could not be read. */
export async function nodeState(
  ports: Ports,
  state: IncidentState,
): Promise<{
  readonly identity: NodeIdentity;
  readonly lines: readonly string[] | null;
  readonly skew: Skew | null;
} | null> {
  const target = targetOf(ports, state, 'subject');
  const reached = target === null ? null : await ports.nodes.open(target);
  if (reached === null || !reached.reached) return null;
  const { session } = reached;
  return within(session, async () => {
    const skew = await skewOf(session, ports.clock);
    const reading = await session.state();
    return { identity: session.identity, lines: reading.known ? reading.value : null, skew };
  });
}

/** Keeps node state for a later comparison; `null` where there is none. */
export async function keepState({ journal }: Ports, lines: readonly string[] | null): Promise<Digest | null> {
  return lines === null ? null : journal.keep('output', Buffer.from(`${lines.join('\n')}\n`));
}

/** How node state differs from the kept one, `-old` and `+new`; `null` where either is not known. */
export async function stateDifference(
  ports: Ports,
  state: IncidentState,
  before: Digest | null,
): Promise<readonly string[] | null> {
  const bytes = before === null ? null : await ports.journal.bytes(before);
  const after = bytes === null ? null : ((await nodeState(ports, state))?.lines ?? null);
  if (bytes === null || after === null) return null;
  return differing(Buffer.from(bytes).toString('utf8').replace(/\n$/, '').split('\n'), after);
}

/** More lines than these nobody reads. */
const MOST = 100;

/** `-old` and `+new` lines, in their own order, each as often as it is missing on the other side. */
function differing(before: readonly string[], after: readonly string[]): string[] {
  const lacking = (these: readonly string[], those: readonly string[]): string[] => {
    const left = new Map<string, number>();
    for (const line of those) left.set(line, (left.get(line) ?? 0) + 1);
    return these.filter((line) => {
      const count = left.get(line) ?? 0;
      if (count > 0) left.set(line, count - 1);
      return count === 0;
    });
  };
  const gone = lacking(before, after).map((line) => `-${line}`);
  const come = lacking(after, before).map((line) => `+${line}`);
  return [...gone, ...come].slice(0, MOST);
}
