import { join } from 'node:path';
import { z } from 'zod';
import type { NodeRun, Output, Reading } from '../../model/index.ts';
import { factSchemas } from './fact-schema.ts';
import { MANIFEST_BYTES } from './limit.ts';
import { type Manifest, type ManifestFact, type ManifestState, manifestSchema, VERSION } from './manifest.ts';
import {
  BROKEN,
  type Fact,
  type RecordedCapture,
  type RecordedState,
  type Recording,
  RecordingError,
} from './recording.ts';
import { readWhole } from './read-whole.ts';
import { openVault } from './vault.ts';

/**
 * Reads a recording from its directory. Throws RecordingError, one clear sentence: another format version, a file
 * missing, changed or too large, or anything in it that the format does not know.
 */
export function loadRecording(directory: string): Recording {
  const manifest = readManifest(directory);
  const bytesOf = openVault(directory);
  const states = new Map(
    Object.entries(manifest.states).map(([name, state]) => [name, readState(state, bytesOf, `${directory}, ${name}`)]),
  );
  if (!states.has(BROKEN)) throw new RecordingError(`The recording ${directory} has no state "${BROKEN}".`);
  const { steps = [] } = manifest;
  for (const { from, to } of [...manifest.changes, ...steps]) {
    const missing = [from, to].find((state) => !states.has(state));
    if (missing !== undefined) {
      throw new RecordingError(
        `A change of the recording ${directory} names the state "${missing}", which it has not.`,
      );
    }
  }
  const { name, title, cluster, madeFrom } = manifest;
  const nodes = new Map(Object.entries(manifest.nodes));
  const changes = manifest.changes.map(({ apply, ...rest }) => ({ ...rest, apply: apply.map(nodeRun) }));
  return { name, title, cluster, madeFrom, nodes, states, changes, steps };
}

function readManifest(directory: string): Manifest {
  const text = new TextDecoder().decode(readWhole(join(directory, 'recording.json'), MANIFEST_BYTES));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new RecordingError(`recording.json of ${directory} is not JSON.`);
  }
  const version = z.looseObject({ version: z.unknown() }).safeParse(json).data?.version;
  if (version !== VERSION) {
    const said = JSON.stringify(version)?.slice(0, 40) ?? 'none';
    throw new RecordingError(`The recording ${directory} has format version ${said}; this netdiag reads ${VERSION}.`);
  }
  return checked(manifestSchema, json, `recording.json of ${directory}`);
}

/** A value of the shape, or a RecordingError that names the first place where it differs. */
function checked<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const issue = error.issues[0];
  const path = issue === undefined ? '' : z.core.toDotPath(issue.path).slice(0, 200);
  throw new RecordingError(`${where} is not a recording: ${path || 'it'}: ${issue?.message ?? 'unknown'}.`);
}

function nodeRun(run: Manifest['changes'][number]['apply'][number]): NodeRun {
  return Array.isArray(run) ? { argv: run } : run;
}

type BytesOf = (file: string) => Uint8Array;

function readState(state: ManifestState, bytesOf: BytesOf, where: string): RecordedState {
  const { cluster } = state;
  const fact = <T>(schema: z.ZodType<T>, given: ManifestFact): Fact<T> => {
    if (typeof given !== 'string') return { refused: given };
    return { fact: checked(schema, parsed(bytesOf(given), given), `outputs/${given} of ${where}`) };
  };
  const facts = <T>(schema: z.ZodType<T>, given: Readonly<Record<string, ManifestFact>>) =>
    mapped(given, (one) => fact(schema, one));
  return {
    doors: mapped(state.doors, (doors) => new Map(Object.entries(doors))),
    outputs: mapped(state.outputs, (outputs) => mapped(outputs, (output) => readOutput(output, bytesOf))),
    captures: mapped(state.captures, (captures) => mapped(captures, (capture) => readCapture(capture, bytesOf))),
    nodeStates: mapped(state.nodeStates ?? {}, (given) => readNodeState(given, bytesOf)),
    cluster: {
      nodes: cluster.nodes === undefined ? null : fact(factSchemas.nodes, cluster.nodes),
      cni: cluster.cni === undefined ? null : fact(factSchemas.cni, cluster.cni),
      apiServers: cluster.apiServers === undefined ? null : fact(factSchemas.apiServers, cluster.apiServers),
      pods: facts(factSchemas.pods, cluster.pods),
      events: facts(factSchemas.events, cluster.events),
      kubelets: facts(factSchemas.kubelets, cluster.kubelets),
      podsOf: facts(factSchemas.pods, cluster.podsOf ?? {}),
      rehearsals: facts(factSchemas.rehearsals, cluster.rehearsals ?? {}),
    },
  };
}

function mapped<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Map<string, B> {
  return new Map(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function parsed(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new RecordingError(`outputs/${file} of the recording is not JSON.`);
  }
}

const NOTHING = new Uint8Array();

function readOutput(given: ManifestState['outputs'][string][string], bytesOf: BytesOf): Output {
  const { exit, stdout, stderr, timedOut, truncated, ms, gap } = given;
  return {
    exit,
    stdout: stdout === undefined ? NOTHING : bytesOf(stdout),
    stderr: stderr === undefined ? NOTHING : bytesOf(stderr),
    timedOut: timedOut ?? false,
    truncated: truncated ?? false,
    ms,
    ...(gap === undefined ? {} : { gap }),
  };
}

function readNodeState(
  given: NonNullable<ManifestState['nodeStates']>[string],
  bytesOf: BytesOf,
): Reading<readonly string[]> {
  if (typeof given !== 'string') return { known: false, ...given };
  return { known: true, value: new TextDecoder().decode(bytesOf(given)).replace(/\n$/, '').split('\n') };
}

function readCapture(given: ManifestState['captures'][string][string], bytesOf: BytesOf): RecordedCapture {
  const { pcap, ...rest } = given;
  return { pcap: pcap === undefined ? NOTHING : bytesOf(pcap), ...rest };
}
