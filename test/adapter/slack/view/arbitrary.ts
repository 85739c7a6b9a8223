import * as fc from 'fast-check';
import type {
  ApprovalMessage,
  Button,
  CapturePoint,
  CaptureRecord,
  CaptureStory,
  Evidence,
  Finding,
  FindingMessage,
  Hop,
  Line,
  LiveMessage,
  Message,
  Missing,
  NoteMessage,
  Person,
  Plan,
  PlanStep,
  QuestionMessage,
  Rich,
  Span,
  Step,
  SummaryMessage,
  WholeOutput,
} from '../../../../src/model/index.ts';

/** Bytes that have broken chats and terminals before. */
export const hostile = [
  '<!channel>',
  '<@U123ABC456>',
  '<https://evil.example/?x=1|click me>',
  '$(id)',
  '`id`',
  '*bold* _it_ ~s~ ```x```',
  '\u001b[31mred\u001b[0m',
  'eth0\u202e0hte',
  'zero\u200bwidth\u2060',
  '\u0000\u0007\u009b',
  'line\u2028feed\nsecond\r\nthird',
  '\ud800',
  '😀'.repeat(300),
  '__proto__',
  '&amp; &lt;',
  ':rotating_light:',
  'مرحبا',
  '',
  ' ',
  'x'.repeat(10_000),
];

export const bytes = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...hostile) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ minLength: 200, maxLength: 400 }).map((some) => some.repeat(20)) },
);
export const time = fc.oneof(
  fc.integer({ min: 0, max: 2_000_000_000_000 }),
  fc.constantFrom(Number.NaN, -1, Infinity, 1e17),
);
export const person: fc.Arbitrary<Person> = fc.record({
  id: fc.oneof(fc.constantFrom('UONCALL01', 'terminal:root', '<!channel>', ''), bytes),
  name: bytes,
});
const span: fc.Arbitrary<Span> = fc.oneof(
  fc.record({ text: bytes }),
  fc.record({ strong: bytes }),
  fc.record({ code: bytes }),
  fc.record({ person }),
);
export const rich: fc.Arbitrary<Rich> = fc.array(span, { maxLength: 8 });
const token = fc.string({ unit: fc.constantFrom('0', '1', '7', 'a', 'c', 'f'), minLength: 32, maxLength: 32 });
const button: fc.Arbitrary<Button> = fc
  .record({ token, label: bytes, style: fc.constantFrom('primary', 'danger', undefined) })
  .map(({ style, ...rest }) => ({ ...rest, ...(style === undefined ? {} : { style }) }));
const step: fc.Arbitrary<Step> = fc
  .record({
    id: bytes,
    label: rich,
    state: fc.constantFrom('pending', 'active', 'done', 'failed'),
    detail: fc.option(rich, { nil: undefined }),
  })
  .map(({ detail, ...rest }) => ({ ...rest, ...(detail === undefined ? {} : { detail }) }));
const line: fc.Arbitrary<Line> = fc.record({
  node: fc.oneof(fc.constant('ip-10-0-10-207'), bytes),
  command: bytes,
  line: bytes,
  output: fc.constant(null),
});
const evidence: fc.Arbitrary<Evidence> = fc
  .record({
    about: bytes,
    subject: line,
    peer: fc.option(line, { nil: undefined }),
    normal: fc.option(bytes, { nil: undefined }),
  })
  .map(({ peer, normal, ...rest }) => ({
    ...rest,
    ...(peer === undefined ? {} : { peer }),
    ...(normal === undefined ? {} : { normal }),
  }));
const missing: fc.Arbitrary<Missing> = fc.record({
  check: bytes,
  role: fc.constantFrom('subject', 'peer', 'farEnd'),
  node: bytes,
  gap: fc.constantFrom(
    'unreachable',
    'timed-out',
    'denied',
    'not-installed',
    'unparsable',
    'truncated',
    'not-recorded',
  ),
  detail: bytes,
});
const finding: fc.Arbitrary<Finding> = fc.record({
  code: bytes,
  statement: bytes,
  confidence: fc.constantFrom('proven', 'likely', 'possible'),
  evidence: fc.constant([]),
  facts: fc.constant({}),
  residue: fc.array(bytes, { maxLength: 12 }),
});
const point: fc.Arbitrary<CapturePoint> = fc.record({ role: fc.constant('subject'), node: bytes, device: bytes });
const story: fc.Arbitrary<CaptureStory> = fc.record({
  fate: fc.constantFrom('answered', 'answered-elsewhere', 'never-arrived'),
  points: fc.array(point, { maxLength: 2 }),
  sent: fc.nat(10),
  requestsAt: fc.constant([7, 0]),
  answersAt: fc.constant([0, 7]),
  refusalsAt: fc.constant([0, 0]),
  flows: fc.constant([]),
  ladder: fc.constant([]),
});
const capture: fc.Arbitrary<CaptureRecord> = fc.record({
  point,
  file: bytes,
  output: fc.constant('a'.repeat(64)),
  packets: fc.nat(500),
  flows: fc.nat(20),
});
const nodeStep: fc.Arbitrary<PlanStep> = fc
  .record({
    kind: fc.constant('node-command' as const),
    node: fc.oneof(fc.constant('ip-10-0-10-207'), bytes),
    argv: fc.array(bytes, { minLength: 1, maxLength: 8 }),
    stdin: fc.option(bytes, { nil: undefined }),
  })
  .map(({ stdin, ...rest }) => ({ ...rest, ...(stdin === undefined ? {} : { stdin }) }));
const clusterStep: fc.Arbitrary<PlanStep> = fc.oneof(
  fc.record({
    kind: fc.constant('kubernetes-patch' as const),
    object: fc.record({
      kind: fc.constantFrom('DaemonSet', 'Node'),
      namespace: fc.option(bytes),
      name: bytes,
      uid: token,
      generation: fc.option(fc.nat(99)),
    }),
    says: bytes,
    patch: fc.dictionary(bytes, bytes, { maxKeys: 4 }),
  }),
  fc.record({
    kind: fc.constant('pod-delete' as const),
    namespace: bytes,
    name: fc.option(bytes),
    uid: fc.option(token),
    node: bytes,
    owner: fc.oneof(fc.constant('DaemonSet/aws-node'), bytes),
  }),
);
/** All the node's, or all the API server's. */
const steps: fc.Arbitrary<readonly PlanStep[]> = fc.oneof(
  fc.array(nodeStep, { maxLength: 30 }),
  fc.array(clusterStep, { maxLength: 30 }),
);
const plan: fc.Arbitrary<Plan> = fc.record({
  version: fc.constant(1),
  id: token,
  incident: token,
  remediation: bytes,
  finding: bytes,
  cluster: bytes,
  node: fc.record({
    name: fc.constant('ip-10-0-10-207'),
    machineId: fc.constant(null),
    bootId: fc.constant(null),
    hostKey: fc.constant(null),
  }),
  title: bytes,
  safety: bytes,
  steps,
  undo: steps,
  preconditions: fc.array(fc.record({ argv: fc.array(bytes, { maxLength: 5 }), stdout: bytes }), { maxLength: 20 }),
  risk: fc.constantFrom(1, 2, 3),
  approvals: fc.integer({ min: 1, max: 3 }),
  doors: fc.record({
    closes: fc.array(bytes, { maxLength: 4 }),
    opens: fc.array(bytes, { maxLength: 4 }),
    confirmThrough: fc.array(bytes, { maxLength: 4 }),
  }),
  rollbackSeconds: fc.nat(600),
  expiresAt: time,
  verify: fc.array(bytes, { maxLength: 30 }),
  durable: fc.array(bytes, { maxLength: 5 }),
  stage: fc.option(fc.record({ at: fc.nat(3), of: fc.nat(4) })),
  rehearsal: fc.array(bytes, { maxLength: 60 }),
  playbook: fc.record({ id: bytes, digest: token }),
});

const live: fc.Arbitrary<LiveMessage> = fc.record({
  is: fc.constant('live'),
  node: bytes,
  cluster: bytes,
  by: person,
  title: rich,
  steps: fc.array(step, { maxLength: 60 }),
  buttons: fc.array(button, { maxLength: 2 }),
});
const question: fc.Arbitrary<QuestionMessage> = fc
  .record({
    is: fc.constant('question' as const),
    question: bytes,
    text: rich,
    choices: fc.array(fc.record({ id: bytes, label: bytes }), { maxLength: 12 }),
    buttons: fc.array(button, { maxLength: 12 }),
    answered: fc.option(fc.record({ choice: bytes, by: person, at: time }), { nil: undefined }),
  })
  .map(({ answered, ...rest }) => ({ ...rest, ...(answered === undefined ? {} : { answered }) }));
const note: fc.Arbitrary<NoteMessage> = fc.record({
  is: fc.constant('note'),
  text: rich,
  list: fc.array(rich, { maxLength: 12 }),
  buttons: fc.array(button, { maxLength: 14 }),
});
const hop: fc.Arbitrary<Hop> = fc.record({
  way: fc.constantFrom('there', 'back'),
  role: fc.constantFrom('subject', 'peer', 'farEnd'),
  node: bytes,
  about: bytes,
  command: fc.option(bytes),
  line: fc.option(bytes),
  output: fc.constant(null),
  fits: fc.constantFrom('yes', 'no', 'unknown'),
  says: bytes,
});
const output: fc.Arbitrary<WholeOutput> = fc.record({
  node: bytes,
  command: bytes,
  text: fc.option(bytes),
  file: fc.option(bytes),
});
const path = fc.oneof(fc.constant([]), fc.array(hop, { minLength: 1, maxLength: 12 }));
const findingMessage: fc.Arbitrary<FindingMessage> = fc.record({
  outputs: fc.array(output, { maxLength: 20 }),
  next: rich,
  is: fc.constant('finding'),
  finding,
  subject: bytes,
  peer: fc.option(bytes),
  proof: fc.option(rich),
  story: fc.option(story),
  captures: fc.array(capture, { maxLength: 6 }),
  evidence: fc.oneof(fc.array(evidence, { maxLength: 8 }), fc.array(evidence, { minLength: 150, maxLength: 200 })),
  ruledOut: fc.array(bytes, { maxLength: 40 }),
  unseen: fc.array(missing, { maxLength: 30 }),
  path,
  buttons: fc.array(button, { maxLength: 3 }),
});
/** A card in any of its states. */
export const approval: fc.Arbitrary<ApprovalMessage> = fc
  .record({
    is: fc.constant('approval' as const),
    letter: fc.constantFrom('A', 'B'),
    plan,
    planHash: token,
    cameThrough: bytes,
    requester: person,
    approvers: fc.array(person, { maxLength: 30 }),
    buttons: fc.array(button, { maxLength: 5 }),
    state: fc.constantFrom('waiting', 'approved', 'rejected', 'revoked', 'expired', 'superseded'),
    decidedBy: fc.option(person, { nil: undefined }),
    decidedAt: fc.option(time, { nil: undefined }),
    more: fc.record(
      {
        consents: fc.array(fc.record({ by: person, at: time, signed: fc.boolean() }), { maxLength: 12 }),
        held: bytes,
        reason: bytes,
        glass: fc.constant(true as const),
        revokedBy: person,
        signing: fc.constantFrom('here' as const, 'node' as const),
        became: fc.constantFrom('running' as const, 'confirmed' as const, 'rolled-back' as const, 'unknown' as const),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ decidedBy, decidedAt, more, ...rest }) => ({
    ...rest,
    ...more,
    ...(decidedBy === undefined ? {} : { decidedBy }),
    ...(decidedAt === undefined ? {} : { decidedAt }),
  }));
const summary: fc.Arbitrary<SummaryMessage> = fc.record({
  is: fc.constant('summary'),
  outcome: fc.constantFrom('repaired', 'rolled-back', 'nothing-found', 'advice', 'unknown', 'aborted'),
  headline: rich,
  paragraphs: fc.array(rich, { maxLength: 30 }),
  timeline: fc.array(fc.record({ at: time, what: rich }), { maxLength: 80 }),
  durable: fc.array(bytes, { maxLength: 10 }),
  difference: fc.array(bytes, { maxLength: 100 }),
  ruledOut: fc.array(bytes, { maxLength: 40 }),
  unseen: fc.array(missing, { maxLength: 30 }),
  path,
  buttons: fc.array(button, { maxLength: 12 }),
});

/** Any message that the model admits, filled with the worst bytes known. */
export const anyMessage: fc.Arbitrary<Message> = fc.oneof(live, question, note, findingMessage, approval, summary);
