import { z } from 'zod';

const name = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'lower-case words joined by hyphens');
const words = z.string().min(1).max(200);

/** Verdicts that a state may branch on; every one of them needs a way on, so that nothing ends in silence. */
const narrow = z.strictObject({
  narrow: z.array(name).min(1),
  next: z.strictObject({ suspected: name, cleared: name, unseen: name }),
});
const proof = z.strictObject({ stimulus: name, target: z.enum(['kubelet', 'pod', 'service', 'dns']) });
const prove = z.strictObject({
  /** Proofs that this state allows; the first is the symptom's own traffic. Triage chooses among them. */
  prove: z.union([proof, z.array(proof).min(1)]),
  next: z.strictObject({ proven: name, likely: name, cleared: name, unseen: name }),
});
const ask = z.strictObject({
  ask: words,
  next: z.record(name, z.strictObject({ button: words, state: name })),
});
const end = z.strictObject({ end: z.enum(['cause', 'nothing', 'unseen']) });

/** The key that says what a state is, in the order of the union below. */
export const KINDS = ['narrow', 'prove', 'ask', 'end'] as const;

export const playbookSchema = z.strictObject({
  id: name,
  version: z.literal(1),
  /** Text of the symptom's button. */
  button: z.string().min(1).max(75),
  symptom: words,
  'far-end': z.enum(['api-server', 'node', 'outside']),
  start: name,
  states: z.record(name, z.union([narrow, prove, ask, end])),
});

/** A playbook as written: names and human words, never a command, an expression or a threshold. */
export type PlaybookFile = z.infer<typeof playbookSchema>;
/** A kind of marked traffic and where it goes. */
export type ProofStep = z.infer<typeof proof>;
export type PlaybookState = PlaybookFile['states'][string];

/** The proofs that a state allows, the symptom's own traffic first. */
export function proofsOf({ prove }: Extract<PlaybookState, { prove: unknown }>): readonly ProofStep[] {
  return Array.isArray(prove) ? prove : [prove];
}

/** The ways on from a state: event name and target. */
export function waysOn(state: PlaybookState): readonly (readonly [string, string])[] {
  if ('end' in state) return [];
  if ('ask' in state) return Object.entries(state.next).map(([choice, { state }]) => [choice, state] as const);
  return Object.entries(state.next);
}
