import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Output, Reading } from '../../model/index.ts';
import { type Manifest, type ManifestFact, type ManifestState, VERSION } from './manifest.ts';
import { readable } from './readable.ts';
import type { Fact, RecordedCapture, RecordedState, Recording } from './recording.ts';
import { type FileKind, newVault } from './vault.ts';

type Put = (bytes: Uint8Array, kind: FileKind) => string;

/**
 * Writes a recording into its directory, which is made; the same recording gives the same files, byte for byte. Files
 * of an earlier recording there that nothing names any more are removed.
 */
export function saveRecording(directory: string, recording: Recording): void {
  mkdirSync(directory, { recursive: true });
  const { put, tidy } = newVault(directory);
  const { name, title, cluster, madeFrom, nodes, states, changes, steps } = recording;
  const manifest: Manifest = {
    version: VERSION,
    name,
    title,
    cluster,
    madeFrom: sorted(new Map(Object.entries(madeFrom)), (value) => value),
    nodes: sorted(nodes, (node) => ({ ...node })),
    states: sorted(states, (state) => writeState(state, put)),
    changes: changes.map(({ apply, confirmed, rolledBack, said, ...rest }) => ({
      ...rest,
      apply: apply.map(({ argv, stdin }) => (stdin === undefined ? [...argv] : { argv: [...argv], stdin })),
      said: { ...said },
      confirmed: confirmed === null ? null : [...confirmed],
      rolledBack: rolledBack === null ? null : [...rolledBack],
    })),
    ...(steps.length === 0 ? {} : { steps: structuredClone(steps) as NonNullable<Manifest['steps']> }),
  };
  writeFileSync(join(directory, 'recording.json'), `${readable(manifest)}\n`);
  tidy();
}

function writeState(state: RecordedState, put: Put): ManifestState {
  const { nodes, cni, apiServers, pods, events, kubelets, podsOf, rehearsals } = state.cluster;
  const fact = (given: Fact<unknown>): ManifestFact =>
    'refused' in given ? { ...given.refused } : put(new TextEncoder().encode(`${readable(given.fact)}\n`), 'json');
  return {
    doors: sorted(state.doors, (doors) => sorted(doors, (door) => door)),
    outputs: sorted(state.outputs, (outputs) => sorted(outputs, (output) => writeOutput(output, put))),
    captures: sorted(state.captures, (captures) => sorted(captures, (capture) => writeCapture(capture, put))),
    ...(state.nodeStates.size === 0
      ? {}
      : { nodeStates: sorted(state.nodeStates, (reading) => writeNodeState(reading, put)) }),
    cluster: {
      ...(nodes === null ? {} : { nodes: fact(nodes) }),
      ...(cni === null ? {} : { cni: fact(cni) }),
      ...(apiServers === null ? {} : { apiServers: fact(apiServers) }),
      pods: sorted(pods, fact),
      events: sorted(events, fact),
      kubelets: sorted(kubelets, fact),
      ...(podsOf.size === 0 ? {} : { podsOf: sorted(podsOf, fact) }),
      ...(rehearsals.size === 0 ? {} : { rehearsals: sorted(rehearsals, fact) }),
    },
  };
}

/** A map as an object, by code unit of its keys. */
function sorted<A, B>(map: ReadonlyMap<string, A>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(
    [...map].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, change(value)]),
  );
}

function writeOutput(output: Output, put: Put): ManifestState['outputs'][string][string] {
  const { exit, stdout, stderr, timedOut, truncated, ms, gap } = output;
  return {
    exit,
    ...(stdout.length === 0 ? {} : { stdout: put(stdout, 'output') }),
    ...(stderr.length === 0 ? {} : { stderr: put(stderr, 'output') }),
    ...(timedOut ? { timedOut } : {}),
    ...(truncated ? { truncated } : {}),
    ms: Math.round(ms),
    ...(gap === undefined ? {} : { gap }),
  };
}

function writeNodeState(
  reading: Reading<readonly string[]>,
  put: Put,
): NonNullable<ManifestState['nodeStates']>[string] {
  if (!reading.known) return { gap: reading.gap, detail: reading.detail };
  return put(new TextEncoder().encode(`${reading.value.join('\n')}\n`), 'output');
}

function writeCapture({ pcap, ...rest }: RecordedCapture, put: Put): ManifestState['captures'][string][string] {
  return { ...(pcap.length === 0 ? {} : { pcap: put(pcap, 'pcap') }), ...rest };
}
