import { COUNTERS } from '../../check/counters.ts';
import { readingsOf } from '../../check/check.ts';
import { quoted } from '../../model/index.ts';
import type { IncidentState, Uncounted } from '../../model/index.ts';
import {
  conntrackStat,
  ipLinkStats,
  iptablesCounters,
  nftCounters,
  nstat,
  sysctlConntrack,
} from '../../probe/index.ts';
import { read } from '../../probe/probe.ts';
import type { Probe } from '../../probe/probe.ts';
import type { NodeSession } from '../../port.ts';
import { withoutSecrets } from '../without-secrets.ts';

/** One counter at one moment, with what shows it. */
export interface Counter {
  readonly value: number;
  readonly command: string;
  readonly line: string;
  readonly printed: Uint8Array;
}

/** All counters of a node at one moment, by name. */
export interface Tally {
  readonly counters: ReadonlyMap<string, Counter>;
  readonly uncounted: readonly Uncounted[];
}

type Noted = readonly { readonly name: string; readonly value: number; readonly line: string }[];

/** A probe, and what its fact counts. */
interface Source {
  readonly probe: Probe<Record<string, never>, unknown>;
  readonly count: (fact: never) => Noted;
}

/** Counters that tell what became of a packet: of the kernel, of these devices, of firewalls, and of connection tracking. */
function sources(devices: readonly string[], tracking: boolean): readonly Source[] {
  return [
    source(nstat, ({ counters, lines }) =>
      Object.keys(COUNTERS).map((name) => ({ name, value: counters[name] ?? 0, line: lines[name] ?? '' })),
    ),
    source(ipLinkStats, ({ links }) =>
      links
        .filter(({ device }) => devices.includes(device))
        .flatMap(({ device, received, sent, line }) => [
          { name: `otherhost of ${device}`, value: received['otherhost'] ?? 0, line },
          { name: `rx dropped of ${device}`, value: received['dropped'] ?? 0, line },
          { name: `tx dropped of ${device}`, value: sent['dropped'] ?? 0, line },
        ]),
    ),
    source(iptablesCounters, ({ drops }) => drops.map(({ name, packets, line }) => ({ name, value: packets, line }))),
    source(nftCounters, ({ drops }) => drops.map(({ name, packets, line }) => ({ name, value: packets, line }))),
    ...(tracking
      ? [
          source(conntrackStat, ({ counters, lines: [line = ''] }) =>
            ['insert_failed', 'drop'].map((name) => ({ name: `conntrack ${name}`, value: counters[name] ?? 0, line })),
          ),
        ]
      : []),
  ];
}

function source<T>(probe: Probe<Record<string, never>, T>, count: (fact: T) => Noted): Source {
  return { probe, count: (fact: never) => count(fact) };
}

/**
 * Whether connection tracking may be asked for its counters: only where the node was seen to track connections, because asking
 * would begin it elsewhere.
 */
export function tracksConnections(state: IncidentState): boolean {
  const fill = readingsOf(state.answers).of('subject', sysctlConntrack, {});
  return fill?.known === true && fill.value.loaded;
}

/**
 * Reads every counter of a node, at each named moment in one round trip. What could not be read is named, and not asked again: a
 * counter that lacks at one moment proves nothing, and a command that hangs would hang at each. Never throws for what a node does.
 */
export function counting(
  session: NodeSession,
  devices: readonly string[],
  tracking: boolean,
  key: string,
): (moment: string) => Promise<Tally> {
  const missing = new Map<Source, Uncounted>();
  const all = sources(devices, tracking);
  return async (moment) => {
    const asked = all.filter((source) => !missing.has(source));
    const commands = asked.map(({ probe }) => ({ argv: probe.argv({}), key: `${key}/${moment}/${probe.id}` }));
    const outputs = withoutSecrets(await session.run(commands));
    const counters = new Map<string, Counter>();
    for (const [index, source] of asked.entries()) {
      const { probe, count } = source;
      const output = outputs[index];
      if (output === undefined) continue;
      const reading = read(probe, output);
      if (!reading.known) {
        missing.set(source, { what: probe.reads, gap: reading.gap, detail: reading.detail });
        continue;
      }
      for (const { name, value, line } of count(reading.value as never))
        counters.set(name, { value, line, command: quoted(probe.argv({})), printed: output.stdout });
    }
    return { counters, uncounted: [...missing.values()] };
  };
}
