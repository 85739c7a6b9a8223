import type { Mark, Reading, Sent } from '../../model/index.ts';
import type { Ports } from '../ports.ts';
import { WatchFailed } from './failed.ts';
import type { Tallies } from './rises.ts';
import type { Sender } from './sending.ts';
import type { Tally } from './tally.ts';

/** Answers still on their way when the sender has finished. */
const LINGER_MS = 300;
/** The quiet window is as long as a round, but nobody waits longer than this for it. */
const QUIET_MS = 6_000;

/** What was sent, each round by itself, and the counters around it; `null` where nothing was counted. */
export interface Provoked {
  readonly sent: readonly [Sent, ...Sent[]];
  readonly tallies: Tallies | null;
}

/**
 * Sends one round per mark. A single one is not counted, because nothing would tell its packets from other people's; two are:
 * count, send, count, as long a silence, count, send, count. A second round that could not be sent leaves the first. Throws
 * WatchFailed when nothing was sent.
 */
export async function provoked(
  ports: Ports,
  sender: Sender,
  [first, second]: readonly Mark[],
  read: (moment: string) => Promise<Tally>,
): Promise<Provoked> {
  if (first === undefined) throw new WatchFailed('Nothing was to be sent.');
  if (second === undefined) {
    const sent = known(sender, await sender.send(first));
    await ports.clock.sleep(LINGER_MS);
    return { sent: [sent], tallies: null };
  }
  const before = await read('before');
  const began = ports.clock.now();
  const one = known(sender, await sender.send(first));
  const lasted = ports.clock.now() - began;
  const between = await read('between');
  await ports.clock.sleep(Math.min(lasted, QUIET_MS));
  const again = await read('again');
  const two = await sender.send(second);
  const [after] = await Promise.all([read('after'), ports.clock.sleep(LINGER_MS)]);
  const quiet = { before: between, after: again };
  const round = { before, after: between };
  if (!two.known) return { sent: [one], tallies: { rounds: [round], quiet } };
  return { sent: [one, two.value], tallies: { rounds: [round, { before: again, after }], quiet } };
}

function known({ node }: Sender, reading: Reading<Sent>): Sent {
  if (reading.known) return reading.value;
  throw new WatchFailed(`The marked packets could not be sent from ${node}: ${reading.detail}`);
}
