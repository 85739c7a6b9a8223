import { describe, expect, test } from 'vitest';
import { document, EXIT, exitStatus } from '../../src/cli/document.ts';
import { nodeCommands } from '../../src/model/index.ts';
import type { IncidentState } from '../../src/model/index.ts';
import { SECOND } from '../fake/house.ts';
import { clusterPlan } from '../adapter/slack/messages.ts';
import { counted } from '../fake/scene.ts';
import { asking, changing, counting, DOOR, i1Known, proposing, repaired, silent, type Tale } from '../incident/tale.ts';

const told = (tale: Tale): Record<string, unknown> =>
  document(tale.state, tale.house, { ms: 1234 }, (name) => `/tmp/x/${name}`) as Record<string, unknown>;
const CAPTURED = {
  ...counted('answered-elsewhere'),
  captures: [
    {
      point: { role: 'subject', node: 'ip-10-0-10-207', device: 'eth0' },
      file: 'capture-eth0.pcap',
      output: 'd',
      packets: 7,
      flows: 7,
    },
  ],
} as const;

/** Names that other programs read; adding one is fine, losing one is not. */
const MEMBERS = [
  'incident',
  'node',
  'peer',
  'door',
  'symptom',
  'findings',
  'ruledOut',
  'unknown',
  'captures',
  'path',
  'plans',
  'questionsAsked',
  'timing',
];

describe('the document', () => {
  test.each<[string, () => Tale]>([
    ['a cause', proposing],
    ['a healthy node', () => counting(undefined, i1Known(false, 'eth0')).watch(counted('answered'))],
    ['a silent node', () => counting(undefined, silent(i1Known(true)))],
    ['an incident that has only begun', asking],
  ])('has every member for %s', (_, tell) => {
    expect(Object.keys(told(tell()))).toEqual(expect.arrayContaining(MEMBERS));
  });

  test('names node, peer, door, symptom and what was asked', () => {
    expect(told(proposing())).toMatchObject({
      incident: 'incident-1',
      node: 'ip-10-0-10-207',
      peer: 'ip-10-0-10-115',
      door: '10.0.10.190',
      symptom: 'kubelet',
      questionsAsked: [{ question: 'symptom', choice: 'kubelet' }],
      timing: { ms: 1234 },
    });
  });

  test('has the way of the packets, decision by decision, and empty where nothing was sent', () => {
    expect(told(proposing())['path']).toMatchObject([
      { way: 'there', node: 'ip-10-0-10-69', command: 'ip -4 route get 10.0.10.207', line: null, fits: 'unknown' },
      { way: 'there', node: 'ip-10-0-10-207', fits: 'unknown' },
      { way: 'back', node: 'ip-10-0-10-207', line: '10.0.10.69 from 10.0.10.207 dev eth1 uid 0', fits: 'no' },
      { way: 'back', node: 'ip-10-0-10-69', command: null, gap: 'unreachable' },
    ]);
    expect(told(counting())['path']).toEqual([]);
  });

  test('has the finding with the exact command and line of both nodes, and who mends it', () => {
    expect(told(proposing())['findings']).toMatchObject([
      {
        code: 'reply-leaves-other-interface',
        confidence: 'proven',
        statement: expect.stringMatching(/\.$/) as string,
        remediation: 'delete-connected-route',
        evidence: [
          {
            node: 'ip-10-0-10-207',
            command: 'ip -4 route get 10.0.10.69 from 10.0.10.207',
            line: '10.0.10.69 from 10.0.10.207 dev eth1 uid 0',
            peer: {
              node: 'ip-10-0-10-115',
              command: 'ip -4 route get 10.0.10.69 from 10.0.10.115',
              line: '10.0.10.69 from 10.0.10.115 dev eth0 uid 0',
            },
          },
          {},
          {},
        ],
      },
      {},
    ]);
  });

  test('has no remediation where there is only advice', () => {
    const tale = asking().take({
      is: 'surveyed',
      role: 'subject',
      node: 'ip-10-0-10-207',
      answers: [],
      door: null,
      closedDoors: [{ door: DOOR, because: 'connection refused' }],
      identity: null,
      failure: { gap: 'unreachable', sentence: 'No door.' },
      ms: 1,
    });
    const [finding] = told(tale.look(i1Known(true)))['findings'] as readonly object[];
    expect(finding).toMatchObject({ code: 'no-door-opens' });
    expect(finding).not.toHaveProperty('remediation');
  });

  test('has the plans with steps, undo, risk, hash and doors', () => {
    const tale = proposing();
    expect(told(tale)['plans']).toMatchObject([
      {
        letter: 'A',
        id: tale.offer().plan.id,
        remediation: 'delete-connected-route',
        steps: nodeCommands(tale.offer('A').plan.steps).map(({ argv }) => argv),
        undo: nodeCommands(tale.offer('A').plan.undo).map(({ argv }) => argv),
        typed: ['ip -4 route del 10.0.10.0/24 dev eth1 proto kernel scope link src 10.0.10.190'],
        stage: null,
        rehearsal: [],
        risk: 1,
        hash: tale.offer().hash,
        doors: { closes: ['10.0.10.190'], opens: ['10.0.10.207'], confirmThrough: ['10.0.10.207'] },
      },
      { letter: 'B', remediation: 'route-by-source-address' },
    ]);
  });

  test('has a plan for the API server as the commands that people would type', () => {
    const { state, house } = proposing();
    const offers = state.offers.map((offer) => ({ ...offer, plan: { ...offer.plan, ...clusterPlan } }));
    const { plans } = document({ ...state, offers }, house, { ms: 1 }, (name) => name) as { plans: readonly object[] };
    expect(plans[0]).toMatchObject({
      steps: [
        expect.arrayContaining(['kubectl', 'patch', 'daemonset', '{"spec":{"updateStrategy":{"type":"OnDelete"}}}']),
        ['kubectl', '-n', 'kube-system', 'delete', 'pod', 'aws-node-x2vlj'],
      ],
      stage: { at: 2, of: 3 },
      rehearsal: clusterPlan.rehearsal,
    });
  });

  test('has captures with the path of their file', () => {
    expect(told(counting().watch(CAPTURED))['captures']).toEqual([
      { point: 'eth0 of ip-10-0-10-207', file: '/tmp/x/capture-eth0.pcap', packets: 7, flows: 7 },
    ]);
  });

  test('has every gap with check and node, and why nothing could be counted', () => {
    const tale = counting(undefined, i1Known(false, 'eth0').slice(1));
    const unknown = told(tale)['unknown'] as readonly Record<string, string>[];
    for (const one of unknown) expect(Object.keys(one)).toEqual(expect.arrayContaining(['check', 'gap', 'node']));
    expect(unknown.map(({ check }) => check)).toContain('return-path');
    const failed = counting().take({ is: 'watch-failed', gap: 'denied', sentence: 'tcpdump is not allowed.' });
    expect(told(failed)['unknown']).toContainEqual(
      expect.objectContaining({ check: 'stimulus', detail: 'tcpdump is not allowed.' }),
    );
  });

  test('is plain data: it survives JSON unchanged', () => {
    const whole = told(counting().watch(CAPTURED));
    expect(JSON.parse(JSON.stringify(whole))).toEqual(whole);
  });
});

describe('the exit status', () => {
  test.each<[string, () => Tale, number]>([
    ['a cause with a fix on offer', proposing, EXIT.cause],
    ['a repair', repaired, EXIT.cause],
    [
      'a cause without a fix',
      () => counting().take({ is: 'watch-failed', gap: 'denied', sentence: 'tcpdump is not allowed.', deaf: true }),
      EXIT.cause,
    ],
    [
      'a rejected fix',
      () => {
        const tale = proposing();
        return tale.press(tale.offer('A').tokens.reject, SECOND).press(tale.offer('B').tokens.reject, SECOND);
      },
      EXIT.cause,
    ],
    ['a healthy node', () => counting(undefined, i1Known(false, 'eth0')).watch(counted('answered')), EXIT.nothing],
    ['a node that answers nothing', () => counting(undefined, silent(i1Known(true))), EXIT.unseen],
    [
      'packets that vanish',
      () => counting(undefined, i1Known(false, 'eth0')).watch(counted('never-arrived')),
      EXIT.unseen,
    ],
    ['a change that was undone', () => changing().changed('failed', 'no').settled('rolled-back'), EXIT.unseen],
  ])('of %s', (_, tell, expected) => {
    expect(exitStatus(tell().state)).toBe(expected);
  });

  test('are 0, 2, 3 and 4', () => {
    expect(EXIT).toEqual({ cause: 0, usage: 2, nothing: 3, unseen: 4 });
  });

  test.each(['aborted', 'unknown'] as const)('of an end that is %s is never 0 or 3', (outcome) => {
    const state: IncidentState = { ...asking().state, life: 'closed', outcome };
    expect(exitStatus(state)).toBe(EXIT.unseen);
  });
});
