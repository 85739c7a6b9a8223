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
import { ipLinkStats, nstat } from '../probe/index.ts';
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
          filter: point.filter ?? plan.watch.filter,
          limits: plan.watch.limits,
          key: `${named}/capture/${point.device}`,
        }),
      );
    }
    const devices = [...new Set(plan.watch.points.map(({ device }) => device))];
    const before = await counters(ports, subject, devices, `${named}/nstat/before`);
    const began = ports.clock.now();
    const outputs = await sender.run(
      commands.map((command) => ({ ...command, key: `${named}/${command.key ?? stimulus.id}` })),
    );
    const lasted = ports.clock.now() - began;
    const after = await counters(ports, subject, devices, `${named}/nstat/after`);
    await ports.clock.sleep(LINGER_MS);
    const pcaps = await Promise.all(running.splice(0).map((capture) => capture.stop()));
    const sent = stimulus.parse(outputs, plan.stimulus, mark, { role: plan.stimulus.from, node: target.name });
    if (!sent.known) throw new WatchFailed(`The marked packets could not be sent from ${target.name}: ${sent.detail}`);
    const clean = pcaps.map(({ pcap, gap }) => ({ pcap: headersOnly(pcap), ...(gap === undefined ? {} : { gap }) }));
    const told = story(plan.watch.points, clean, sent.value);
    const rises = await risen(
      ports,
      subject,
      devices,
      { before, after },
      Math.min(lasted, QUIET_MS),
      `${named}/nstat/quiet`,
    );
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

/** One counter at one moment, with the command that shows it. */
interface Counter {
  readonly value: number;
  readonly command: string;
  readonly line: string;
  readonly output: string | null;
}

type Counters = ReadonlyMap<string, Counter>;

/** Counters by which the kernel says that it dropped a packet, of the node and of these devices; `null` when it says none. */
async function counters(
  ports: Ports,
  session: NodeSession,
  devices: readonly string[],
  key: string,
): Promise<Counters | null> {
  const [output, links] = await session.run([
    { argv: nstat.argv({}), key },
    { argv: ipLinkStats.argv({}), key: `${key}/link` },
  ]);
  if (output === undefined) return null;
  const reading = read(nstat, output);
  if (!reading.known) return null;
  const kept = await ports.journal.keep('output', output.stdout);
  const found = new Map<string, Counter>();
  for (const name of DROPS) {
    const { [name]: value = 0 } = reading.value.counters;
    const { [name]: line = '' } = reading.value.lines;
    found.set(name, { value, command: quoted(nstat.argv({})), line, output: kept });
  }
  const stats = links === undefined ? null : read(ipLinkStats, links);
  if (links === undefined || stats?.known !== true) return found;
  const keptLinks = await ports.journal.keep('output', links.stdout);
  for (const { device, received, line } of stats.value.links.filter((link) => devices.includes(link.device))) {
    const value = received['otherhost'] ?? 0;
    const command = quoted(ipLinkStats.argv({}));
    found.set(`otherhost of ${device}`, { value, command, line, output: keptLinks });
  }
  return found;
}

/** Counters that rose during the stimulus, each with its rise in a quiet window as long. */
async function risen(
  ports: Ports,
  session: NodeSession,
  devices: readonly string[],
  { before, after }: { readonly before: Counters | null; readonly after: Counters | null },
  quietMs: number,
  key: string,
): Promise<CounterRise[]> {
  if (before === null || after === null) return [];
  const rise = (from: Counters, to: Counters, name: string): number =>
    from.has(name) ? (to.get(name)?.value ?? 0) - (from.get(name)?.value ?? 0) : 0;
  const rose = [...after].filter(([name]) => rise(before, after, name) > 0);
  if (rose.length === 0) return [];
  const start = await counters(ports, session, devices, `${key}/start`);
  await ports.clock.sleep(quietMs);
  const end = await counters(ports, session, devices, `${key}/end`);
  if (start === null || end === null) return [];
  return rose.map(([counter, { command, line, output }]) => ({
    counter,
    during: rise(before, after, counter),
    quiet: rise(start, end, counter),
    command,
    line,
    output,
  }));
}

/** The node's own such counters, by name. A device's `otherhost` joins them: frames that came for another MAC. */
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
