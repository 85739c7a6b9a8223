import { z } from 'zod';
import { gapSchema } from './fact-schema.ts';

/** The version of the format that this code reads and writes. */
export const VERSION = 1;

/** A file of the recording: its SHA-256, and what kind of bytes they are. Nothing else is ever opened. */
const file = z.string().regex(/^[0-9a-f]{64}\.(txt|bin|pcap|json)$/, 'is not the name of a file of this recording');
const name = z.string().min(1).max(253);
const key = z.string().min(1).max(16_384);
const stateName = z.string().regex(/^[a-z][a-z0-9:-]{0,79}$/, 'is not the name of a state');
const argv = z.array(z.string().max(16_384)).min(1).max(1_000);
/** A command of a change; one that reads nothing is its argv alone. */
const run = z.union([argv, z.strictObject({ argv, stdin: z.string().max(65_536) })]);

const output = z.strictObject({
  exit: z.int().nullable(),
  stdout: file.exactOptional(),
  stderr: file.exactOptional(),
  timedOut: z.literal(true).exactOptional(),
  truncated: z.literal(true).exactOptional(),
  ms: z.number().min(0).max(3_600_000),
  gap: gapSchema.exactOptional(),
});
const capture = z.strictObject({
  pcap: file.exactOptional(),
  gap: gapSchema.exactOptional(),
  detail: z.string().exactOptional(),
});
const fact = z.union([file, z.strictObject({ gap: gapSchema, sentence: z.string() })]);

const state = z.strictObject({
  doors: z.record(name, z.record(key, z.union([z.literal(true), z.string()]))),
  outputs: z.record(name, z.record(key, output)),
  captures: z.record(name, z.record(key, capture)),
  nodeStates: z.record(name, z.union([file, z.strictObject({ gap: gapSchema, detail: z.string() })])).exactOptional(),
  cluster: z.strictObject({
    nodes: fact.exactOptional(),
    cni: fact.exactOptional(),
    apiServers: fact.exactOptional(),
    pods: z.record(name, fact),
    events: z.record(name, fact),
    kubelets: z.record(name, fact),
    podsOf: z.record(key, fact).exactOptional(),
    rehearsals: z.record(key, fact).exactOptional(),
  }),
});

const change = z.strictObject({
  node: name,
  from: stateName,
  to: stateName,
  apply: z.array(run).max(100),
  said: z.strictObject({ state: z.enum(['applied', 'begun']), detail: z.string() }),
  confirmed: z.array(z.string()).nullable(),
  rolledBack: z.array(z.string()).nullable(),
});

const lead = { from: stateName, to: stateName, detail: z.string() };
const step = z.discriminatedUnion('is', [
  z.strictObject({
    ...lead,
    is: z.literal('patch'),
    taking: z.enum(['effect', 'back']),
    object: z.strictObject({ kind: z.enum(['DaemonSet', 'Node']), namespace: name.nullable(), name, uid: z.string() }),
    patch: z.record(z.string(), z.json()),
  }),
  z.strictObject({
    ...lead,
    is: z.literal('pod-delete'),
    namespace: name,
    owner: z.string().nullable(),
    node: name.nullable(),
    name,
  }),
]);

/** `recording.json`: everything but the bytes. */
export const manifestSchema = z.strictObject({
  version: z.literal(VERSION),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'is not a short name'),
  title: z.string(),
  cluster: z.string(),
  madeFrom: z.record(z.string(), z.string()),
  nodes: z.record(
    name,
    z.strictObject({
      machineId: z.string().nullable(),
      bootId: z.string().nullable(),
      configured: name.exactOptional(),
    }),
  ),
  states: z.record(stateName, state),
  changes: z.array(change).max(100),
  /** Absent where the API server changed nothing. */
  steps: z.array(step).max(100).exactOptional(),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestState = Manifest['states'][string];
export type ManifestFact = string | { readonly gap: z.infer<typeof gapSchema>; readonly sentence: string };
