import { count, headersOnly, story } from '../capture/index.ts';
import { quoted } from '../model/index.ts';
import type {
  CapturePoint,
  CaptureRecord,
  CounterRise,
  IncidentState,
  StimulusPlan,
  Watched,
  WatchPlan,
} from '../model/index.ts';
import { nstat } from '../probe/index.ts';
import { read } from '../probe/probe.ts';
import type { NodeSession, RunningCapture } from '../port.ts';
import { stimulusById } from '../stimulus/index.ts';
import type { Ports } from './ports.ts';
import { targetOf } from './target.ts';

/** A watch that came to nothing: why, in one sentence. */
export class WatchFailed extends Error {
  override readonly name = 'WatchFailed';
}

/** Answers still on their way when the sender has finished. */
const LINGER_MS = 300;
/** Counters are compared with a quiet window as long as the stimulus, but nobody waits longer than this for it. */
const QUIET_MS = 6_000;

/**
 * Sends the marked packets while capturing at every point at once, and counts kernel counters around it. Sessions must
 * stand on the subject, whose interfaces are the points. Throws WatchFailed.
 */
export async function watching(
  ports: Ports,
  state: IncidentState,
  subject: NodeSession,
  plan: { readonly stimulus: StimulusPlan; readonly watch: WatchPlan },
  key: string,
): Promise<Watched> {
  const stimulus = stimulusById(plan.stimulus.stimulus);
  const target = targetOf(ports, state, plan.stimulus.from);
  if (stimulus === null || target === null) throw new WatchFailed('Nobody is there to send the marked packets.');
  const reached = await ports.nodes.open(target);
  if (!reached.reached)
    throw new WatchFailed(`No marked packets could be sent from ${target.name}: ${reached.sentence}`);
  const sender = reached.session;
  const named = `${key}/${plan.stimulus.to}`;
  const running: RunningCapture[] = [];
  try {
    const { commands, mark } = stimulus.build(plan.stimulus, ports.ids);
    for (const point of plan.watch.points) {
      running.push(
        await subject.capture({
          device: point.device,
          filter: plan.watch.filter,
          limits: plan.watch.limits,
          key: `${named}/capture/${point.device}`,
        }),
      );
    }
    const before = await counters(ports, subject, `${named}/nstat/before`);
    const began = ports.clock.now();
    const outputs = await sender.run(
      commands.map((command) => ({ ...command, key: `${named}/${command.key ?? stimulus.id}` })),
    );
    const lasted = ports.clock.now() - began;
    const after = await counters(ports, subject, `${named}/nstat/after`);
    await ports.clock.sleep(LINGER_MS);
    const pcaps = await Promise.all(running.splice(0).map((capture) => capture.stop()));
    const sent = stimulus.parse(outputs, plan.stimulus, mark, { role: plan.stimulus.from, node: target.name });
    if (!sent.known) throw new WatchFailed(`The marked packets could not be sent from ${target.name}: ${sent.detail}`);
    const clean = pcaps.map(({ pcap, gap }) => ({ pcap: headersOnly(pcap), ...(gap === undefined ? {} : { gap }) }));
    const told = story(plan.watch.points, clean, sent.value);
    const rises = await risen(ports, subject, before, after, Math.min(lasted, QUIET_MS), `${named}/nstat/quiet`);
    return {
      sent: sent.value,
      captures: await keep(ports, plan.watch.points, clean, told),
      story: told,
      counters: rises,
    };
  } finally {
    await Promise.all(running.map((capture) => capture.stop()));
    await sender.close();
  }
}

interface Counters {
  readonly values: Readonly<Record<string, number>>;
  readonly lines: Readonly<Record<string, string>>;
  readonly output: string | null;
}

async function counters(ports: Ports, session: NodeSession, key: string): Promise<Counters | null> {
  const [output] = await session.run([{ argv: nstat.argv({}), key }]);
  if (output === undefined) return null;
  const reading = read(nstat, output);
  if (!reading.known) return null;
  return {
    values: reading.value.counters,
    lines: reading.value.lines,
    output: await ports.journal.keep('output', output.stdout),
  };
}

/** Counters of drops that rose during the stimulus, each with its rise in a quiet window as long. */
async function risen(
  ports: Ports,
  session: NodeSession,
  before: Counters | null,
  after: Counters | null,
  quietMs: number,
  key: string,
): Promise<CounterRise[]> {
  if (before === null || after === null) return [];
  const rose = DROPS.filter((name) => (after.values[name] ?? 0) > (before.values[name] ?? 0));
  if (rose.length === 0) return [];
  const start = await counters(ports, session, `${key}/start`);
  await ports.clock.sleep(quietMs);
  const end = await counters(ports, session, `${key}/end`);
  if (start === null || end === null) return [];
  return rose.map((counter) => ({
    counter,
    during: (after.values[counter] ?? 0) - (before.values[counter] ?? 0),
    quiet: (end.values[counter] ?? 0) - (start.values[counter] ?? 0),
    command: quoted(nstat.argv({})),
    line: after.lines[counter] ?? '',
    output: after.output,
  }));
}

/** Counters by which the kernel says that it dropped a packet, and why. */
const DROPS = [
  'TcpExtIPReversePathFilter',
  'IpInAddrErrors',
  'IpInHdrErrors',
  'IpInDiscards',
  'IpOutDiscards',
  'IpOutNoRoutes',
  'IpExtInNoRoutes',
  'TcpExtListenDrops',
  'TcpExtListenOverflows',
  'TcpAttemptFails',
];

async function keep(
  ports: Ports,
  points: readonly CapturePoint[],
  captures: readonly { readonly pcap: Uint8Array; readonly gap?: CaptureRecord['gap'] }[],
  told: Watched['story'],
): Promise<CaptureRecord[]> {
  return Promise.all(
    points.map(async (point, index): Promise<CaptureRecord> => {
      const capture = captures[index];
      const counted = count(capture?.pcap ?? new Uint8Array());
      const gap = capture?.gap ?? told.unseen?.find((unseen) => unseen.point === index)?.gap;
      return {
        point,
        file: `capture-${point.device.replaceAll(/[^A-Za-z0-9_-]/g, '_')}.pcap`,
        output: await ports.journal.keep('capture', capture?.pcap ?? new Uint8Array()),
        packets: counted.packets,
        flows: counted.flows,
        ...(gap === undefined ? {} : { gap }),
      };
    }),
  );
}
