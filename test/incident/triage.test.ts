import { describe, expect, test } from 'vitest';
import type { Check } from '../../src/check/check.ts';
import type { House } from '../../src/incident/index.ts';
import { answeredAlready, nextProof, targetOf } from '../../src/incident/diagnosis/triage.ts';
import type { Finding, Verdict } from '../../src/model/index.ts';
import type { Playbook, ProofStep } from '../../src/playbook/index.ts';
import { loadPlaybook } from '../../src/playbook/index.ts';
import { smallHouse } from '../fake/house.ts';
import { ipRouteGet } from '../../src/probe/index.ts';
import { answered, counted } from '../fake/scene.ts';
import { asking, counting, i1Known, Tale } from './tale.ts';

/** Asks which traffic fails; both ways share one suspect and have one of their own. */
const WHICH = `id: which
version: 1
button: Something else
symptom: Something fails.
far-end: api-server
start: which
states:
  which:
    ask: Which traffic fails?
    next:
      node: { button: To the node, state: node }
      pods: { button: To its pods, state: pods }
  node:
    narrow: [everywhere, of-node]
    next: { suspected: prove-node, cleared: prove-node, unseen: prove-node }
  prove-node:
    prove: [{ stimulus: tcp-syn, target: kubelet }, { stimulus: icmp-echo, target: pod }]
    next: { proven: cause, likely: cause, cleared: nothing, unseen: unseen }
  pods:
    narrow: [everywhere, of-pods]
    next: { suspected: prove-pods, cleared: prove-pods, unseen: prove-pods }
  prove-pods:
    prove: { stimulus: icmp-echo, target: pod }
    next: { proven: cause, likely: cause, cleared: nothing, unseen: unseen }
  cause: { end: cause }
  nothing: { end: nothing }
  unseen: { end: unseen }
`;

type Is = Verdict['is'];

function check(id: string, is: Is, shows?: Check['shows']): Check {
  const finding: Finding = {
    code: `${id}-is-wrong`,
    statement: `It is ${id}.`,
    confidence: 'likely',
    evidence: [],
    facts: {},
    residue: [],
  };
  const missing = { check: id, role: 'subject', node: 'n', gap: 'timed-out', detail: id } as const;
  const verdicts: Record<Is, Verdict> = {
    clear: { is: 'clear', because: 'it is well' },
    found: { is: 'found', findings: [finding] },
    unknown: { is: 'unknown', missing: [missing] },
  };
  return {
    id,
    suspect: `${id} may be wrong`,
    ruledOut: `${id} is right`,
    codes: [finding.code],
    ...(shows === undefined ? {} : { shows }),
    needs: () => [],
    judge: () => verdicts[is],
    prove: (_, { story }) => ({
      says: story.fate === 'answered' ? 'refuted' : 'proven',
      sentence: `Packets say so: ${story.fate}.`,
    }),
  };
}

function houseOf(everywhere: Is, ofNode: Is, ofPods: Is): House {
  const checks = [
    check('everywhere', everywhere),
    check('of-node', ofNode, ['kubelet']),
    check('of-pods', ofPods, ['pod']),
  ];
  const read = loadPlaybook('which.yml', WHICH, {
    checks: checks.map(({ id }) => id),
    stimuli: ['tcp-syn', 'icmp-echo'],
  });
  if ('complaints' in read) throw new Error(JSON.stringify(read.complaints));
  const small = smallHouse();
  const { route } = small.playbooks.get('kubelet') ?? {};
  if (route === undefined) throw new Error('no route');
  return { ...small, checks, playbooks: new Map([['which', { playbook: read.playbook, route }]]) };
}

function known(house: House): string | null {
  const playbook = (house.playbooks.get('which') as { playbook: Playbook }).playbook;
  const { state } = asking();
  const here = playbook.file.states['which'];
  if (here === undefined) throw new Error('no such state');
  return answeredAlready(house, state, playbook, here);
}

describe('a question that the readings answer', () => {
  test.each([
    ['clear', 'found', 'clear', 'node'],
    ['clear', 'clear', 'found', 'pods'],
    ['found', 'clear', 'found', 'pods'],
    ['unknown', 'found', 'clear', 'node'],
  ] as const)('shared %s, of the node %s, of the pods %s: it is %s, and nobody is asked', (all, node, pods, choice) => {
    expect(known(houseOf(all, node, pods))).toBe(choice);
  });

  test.each([
    ['clear', 'clear', 'clear'],
    ['clear', 'found', 'found'],
    ['clear', 'found', 'unknown'],
    ['found', 'clear', 'clear'],
    ['unknown', 'unknown', 'unknown'],
  ] as const)('shared %s, of the node %s, of the pods %s: a person has to say', (all, node, pods) => {
    expect(known(houseOf(all, node, pods))).toBeNull();
  });
});

describe('the next proof', () => {
  const KUBELET: ProofStep = { stimulus: 'tcp-syn', target: 'kubelet' };
  const POD: ProofStep = { stimulus: 'icmp-echo', target: 'pod' };
  const finding = (code: string, more: Partial<Finding> = {}): Finding => ({
    code,
    statement: '',
    confidence: 'likely',
    evidence: [],
    facts: {},
    residue: [],
    ...more,
  });
  const house = houseOf('found', 'found', 'found');
  const pod = counted('not-forwarded');
  const watch = { ...pod, sent: { ...pod.sent, port: 10_250 } };
  const state = (findings: readonly Finding[], watches: readonly (typeof watch)[]) => ({
    ...counting().state,
    findings,
    watches,
  });

  test("begins with the symptom's own traffic, whatever is suspected", () => {
    expect(nextProof(house, state([finding('of-pods-is-wrong')], []), [KUBELET, POD])).toBe(KUBELET);
    expect(nextProof(house, state([], []), [KUBELET, POD])).toBe(KUBELET);
  });

  test('goes on for a suspect of which no packet could say anything yet', () => {
    const both = [finding('of-node-is-wrong', { watch: 0, confidence: 'proven' }), finding('of-pods-is-wrong')];
    expect(nextProof(house, state(both, [watch]), [KUBELET, POD])).toBe(POD);
  });

  test('ends when every suspect was weighed, and when there is none', () => {
    const weighed = [finding('of-node-is-wrong', { watch: 0 }), finding('of-pods-is-wrong', { watch: 1 })];
    expect(nextProof(house, state(weighed, [watch]), [KUBELET, POD])).toBeNull();
    expect(nextProof(house, state([], [watch]), [KUBELET, POD])).toBeNull();
  });

  test('never sends the same traffic twice', () => {
    expect(nextProof(house, state([finding('of-node-is-wrong')], [watch]), [KUBELET])).toBeNull();
  });

  test('knows where packets went by their port', () => {
    expect([undefined, null, 10_250, 443, 53].map((port) => targetOf(port === undefined ? {} : { port }))).toEqual([
      'pod',
      'pod',
      'kubelet',
      'service',
      'dns',
    ]);
  });
});

describe('two causes on one node', () => {
  /** The playbook of the kubelet, which may also send to a pod; a second suspect that only those packets show. */
  const text = (smallHouse().playbooks.get('kubelet') as { playbook: Playbook }).playbook.file;
  const yaml = `id: kubelet
version: 1
button: ${text.button}
symptom: ${text.symptom}
far-end: api-server
start: narrow
states:
  narrow:
    narrow: [return-path, pod-route]
    next: { suspected: prove, cleared: prove, unseen: prove }
  prove:
    prove: [{ stimulus: tcp-syn, target: kubelet }, { stimulus: icmp-echo, target: pod }]
    next: { proven: cause, likely: cause, cleared: nothing, unseen: unseen }
  cause: { end: cause }
  nothing: { end: nothing }
  unseen: { end: unseen }
`;

  function house(second: Is): House {
    const small = smallHouse([yaml]);
    const other = { ...check('pod-route', second, ['pod']) };
    return { ...small, checks: [...small.checks.filter(({ id }) => id === 'return-path'), other] };
  }

  const to = '10.0.10.31';
  const KNOWN = [...i1Known(true), answered('subject', ipRouteGet, { to }, `${to} dev eni1 src 10.0.10.207 uid 0 \n`)];
  const kubelet = counted('answered-elsewhere');

  test('are both proven, each by packets that suffer from it', () => {
    const tale = new Tale(house('found')).open().thread().locate().answer('symptom', 'kubelet').look(KNOWN);
    expect(tale.wanted.find((effect) => effect.do === 'watch')).toMatchObject({ stimulus: { port: 10_250 } });
    tale.watch({ ...kubelet, sent: { ...kubelet.sent, port: 10_250 } }, KNOWN);
    const second = tale.effects.findLast((effect) => effect.do === 'watch');
    expect(second).toMatchObject({ stimulus: { to: '10.0.10.31' } });
    const pod = counted('not-forwarded');
    tale.watch({ ...pod, sent: { ...pod.sent, to, port: null } }, KNOWN);
    expect(tale.state.findings.map(({ confidence, watch }) => [confidence, watch])).toEqual([
      ['proven', 0],
      ['proven', 1],
    ]);
    expect(tale.state.watches).toHaveLength(2);
    expect(tale.state.life).toBe('proposing');
  });

  test('one cause alone is proven by one watch', () => {
    const tale = new Tale(house('clear')).open().thread().locate().answer('symptom', 'kubelet').look(i1Known(true));
    tale.watch({ ...kubelet, sent: { ...kubelet.sent, port: 10_250 } });
    expect(tale.effects.filter((effect) => effect.do === 'watch')).toHaveLength(1);
    expect(tale.state.findings).toHaveLength(1);
  });
});
