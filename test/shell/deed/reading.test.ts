import { describe, expect, test } from 'vitest';
import type { Effect, Happening, IncidentState, Question, Surveyed } from '../../../src/model/index.ts';
import { locate } from '../../../src/shell/deed/locate.ts';
import { show } from '../../../src/shell/deed/show.ts';
import { survey } from '../../../src/shell/deed/survey.ts';
import { targetOf } from '../../../src/shell/target.ts';
import { nodeNamed } from '../../fake/cluster.ts';
import { boundNode, I1 } from '../../fake/scene.ts';
import { asking, proposing, Tale } from '../../incident/tale.ts';
import { bench, NODES } from '../workplace.ts';

type Doing<Do extends Effect['do']> = Extract<Effect, { do: Do }>;

describe('locate', () => {
  const LOCATE: Doing<'locate'> = { key: '1-locate', do: 'locate', node: 'ip-10-0-10-207' };

  test('binds the node, a healthy peer of its pool and the API server as the far end', async () => {
    const { ports } = bench();
    expect(await locate(ports, LOCATE)).toMatchObject({
      is: 'located',
      bound: {
        cluster: 'prod-east',
        subject: {
          name: 'ip-10-0-10-207',
          addresses: ['10.0.10.207', '10.0.10.190'],
          pods: [{ address: '10.0.10.31' }],
        },
        peer: { name: 'ip-10-0-10-115', pods: [{ address: '10.0.10.40' }] },
        farEnd: { kind: 'api-server', address: '10.0.10.69', sender: { name: 'ip-10-0-10-69' } },
      },
      unseen: [],
    });
  });

  test('a node that is not there is said with what may have been meant', async () => {
    const { ports } = bench();
    expect(await locate(ports, { ...LOCATE, node: 'ip-10-0-10-20' })).toMatchObject({
      is: 'locate-failed',
      sentence: expect.stringContaining('did you mean ip-10-0-10-207') as string,
    });
  });

  test('an API server that does not answer is said in its words', async () => {
    const { ports, cluster } = bench();
    cluster.fail('nodes', 'timed-out', 'The API server did not answer within 10 s.');
    expect(await locate(ports, LOCATE)).toEqual({
      is: 'locate-failed',
      suggestions: [],
      sentence: 'The API server did not answer within 10 s.',
    });
  });

  test.each(['podsOn', 'cni', 'apiServers', 'events'] as const)(
    'without %s it goes on, and says what it misses',
    async (question) => {
      const { ports, cluster } = bench();
      cluster.fail(question, 'denied', `You may not ask for ${question}.`);
      const found = await locate(ports, LOCATE);
      expect(found).toMatchObject({ is: 'located', bound: { subject: { name: 'ip-10-0-10-207' } } });
      expect(found.is === 'located' && new Set(found.unseen)).toEqual(new Set([`You may not ask for ${question}.`]));
    },
  );

  test('without a second node of the pool there is no peer', async () => {
    const { ports, cluster } = bench();
    cluster.become({ nodes: NODES.filter(({ name }) => name !== 'ip-10-0-10-115') });
    expect(await locate(ports, LOCATE)).toMatchObject({ is: 'located', bound: { peer: null } });
  });

  test('a peer that is not ready is none', async () => {
    const { ports, cluster } = bench();
    cluster.become({
      nodes: NODES.map((node) => (node.name === 'ip-10-0-10-115' ? { ...node, ready: 'Unknown' } : node)),
    });
    expect(await locate(ports, LOCATE)).toMatchObject({ is: 'located', bound: { peer: null } });
  });

  test('a surprise is left to whoever tries again', async () => {
    const made = bench();
    const ports = { ...made.ports, cluster: { ...made.cluster, nodes: () => Promise.reject(new TypeError('a bug')) } };
    await expect(locate(ports, LOCATE)).rejects.toThrow('a bug');
  });
});

describe('survey', () => {
  const ADDRESSES =
    '2: eth0    inet 10.0.10.207/24 brd 10.0.10.255 scope global eth0\\       valid_lft forever preferred_lft forever\n';
  const ASKED: readonly Question[] = [
    { role: 'subject', probe: 'ip-addr', params: {} },
    { role: 'subject', probe: 'ip-rule', params: {} },
  ];
  const SURVEY: Doing<'survey'> = {
    key: '2-survey',
    do: 'survey',
    role: 'subject',
    node: 'ip-10-0-10-207',
    questions: ASKED,
  };
  const looked = async (made: ReturnType<typeof bench>, effect = SURVEY, state = asking().state): Promise<Surveyed> => {
    const happening: Happening = await survey(made.ports, state, effect);
    if (happening.is !== 'surveyed') throw new Error(happening.is);
    return happening;
  };

  test('answers every question in one round trip, and keeps every raw output', async () => {
    const made = bench({
      nodes: { 'ip-10-0-10-207': { outputs: { 'ip -o addr show': ADDRESSES, 'ip -4 rule show': '' } } },
    });
    const found = await looked(made);
    expect(found.answers.map(({ question, reading }) => [question.probe, reading.known])).toEqual([
      ['ip-addr', true],
      ['ip-rule', true],
    ]);
    const digest = found.answers[0]?.output ?? '';
    expect(Buffer.from((await made.journal.bytes(digest)) ?? []).toString()).toBe(ADDRESSES);
    expect(found).toMatchObject({
      door: { address: '10.0.10.207' },
      identity: { name: 'ip-10-0-10-207', bootId: 'boot-1-of-ip-10-0-10-207' },
    });
    expect(found.failure).toBeUndefined();
  });

  test('a command that is not there is a gap among the answers', async () => {
    const made = bench({ nodes: { 'ip-10-0-10-207': { outputs: { 'ip -o addr show': ADDRESSES } } } });
    const found = await looked(made);
    expect(found.answers[1]).toMatchObject({ reading: { known: false, gap: 'not-installed' } });
  });

  test('names the doors that did not open before the one that did', async () => {
    const made = bench({ nodes: { 'ip-10-0-10-207': { closed: { '10.0.10.207': 'connection timed out' } } } });
    const state = asking().locate().state;
    const bound = { ...I1, subject: { ...I1.subject, addresses: ['10.0.10.207', '10.0.10.190'] } };
    expect(await looked(made, SURVEY, { ...state, bound })).toMatchObject({
      door: { address: '10.0.10.190' },
      closedDoors: [{ door: { address: '10.0.10.207' }, because: 'connection timed out' }],
    });
  });

  test('no door at all is a failure with its sentence and every door', async () => {
    const made = bench({ nodes: { 'ip-10-0-10-207': { closed: { '10.0.10.207': 'connection refused' } } } });
    expect(await looked(made)).toMatchObject({
      answers: [],
      door: null,
      identity: null,
      closedDoors: [{ because: 'connection refused' }],
      failure: {
        gap: 'unreachable',
        sentence: expect.stringMatching(/^No SSH door of ip-10-0-10-207 opened/) as string,
      },
    });
  });

  test('a connection that is lost in between leaves gaps, not guesses', async () => {
    const made = bench({ nodes: { 'ip-10-0-10-207': { outputs: { 'ip -o addr show': ADDRESSES } } } });
    const open = made.nodes.open.bind(made.nodes);
    const cutting = {
      ...made.ports.nodes,
      open: async (...args: Parameters<typeof open>) => {
        const reached = await open(...args);
        made.nodes.cut('ip-10-0-10-207');
        return reached;
      },
    };
    const found = await survey({ ...made.ports, nodes: cutting }, asking().state, SURVEY);
    expect(found).toMatchObject({ answers: [{ reading: { gap: 'unreachable' }, text: null }, { output: null }] });
  });

  test('a role that nobody plays is a failure', async () => {
    const { state } = asking();
    const nobody: IncidentState = { ...state, bound: { ...I1, peer: null } };
    expect(await looked(bench(), { ...SURVEY, role: 'peer' }, nobody)).toMatchObject({
      failure: { sentence: 'No node plays the peer.' },
    });
  });

  test('asks nothing that no probe knows', async () => {
    const made = bench();
    const found = await looked(made, { ...SURVEY, questions: [{ role: 'subject', probe: 'rm', params: {} }] });
    expect(found.answers).toEqual([]);
    expect(made.nodes.asked.filter((line) => line.startsWith('run'))).toEqual([]);
  });
});

describe('show', () => {
  const effect = (slot: string, revision: number): Doing<'show'> => ({ key: '3-show', do: 'show', slot, revision });

  test('posts the live message, whose reference makes the thread', async () => {
    const made = bench();
    const { state } = new Tale().open();
    expect(await show(made.ports, state, effect('live', 1))).toEqual({
      is: 'shown',
      slot: 'live',
      ref: 'memory:1',
      thread: 'memory:1',
    });
  });

  test('updates what was posted before', async () => {
    const made = bench();
    const { state } = new Tale().open();
    await show(made.ports, state, effect('live', 1));
    const known = { ...state, telling: { live: { ...state.telling['live']!, ref: 'memory:1' } } };
    await show(made.ports, known, effect('live', 1));
    expect(made.thread.shown.map(({ previous }) => previous)).toEqual([null, 'memory:1']);
  });

  test('leaves out what a later revision has overtaken, and what is not there', async () => {
    const made = bench();
    const { state } = proposing();
    expect(await show(made.ports, state, effect('live', 1))).toBeNull();
    expect(await show(made.ports, state, effect('nothing', 1))).toBeNull();
    expect(made.thread.shown).toEqual([]);
  });

  test('shows the message of the state, not of the time when it was asked for', async () => {
    const made = bench();
    const { state } = proposing();
    await show(made.ports, state, effect('finding', state.telling['finding']?.revision ?? 0));
    expect(made.thread.now('finding')).toEqual(state.telling['finding']?.message);
  });

  test('a chat that does not answer is left to whoever tries again', async () => {
    const made = bench();
    made.thread.failNext('show', 'Slack says ratelimited.');
    await expect(show(made.ports, new Tale().open().state, effect('live', 1))).rejects.toThrow('ratelimited');
  });
});

describe('the doors of a node', () => {
  const { state } = asking();
  const addresses = (...made: Parameters<typeof targetOf>): readonly string[] =>
    targetOf(...made)?.addresses.map(({ address, from }) => `${address} ${from}`) ?? [];

  test('are the configured one, then those of its status, then the peer', () => {
    const { ports } = bench({ doors: { 'ip-10-0-10-207': { address: '192.168.7.7', port: 2222 } } });
    expect(addresses(ports, state, 'subject')).toEqual(['192.168.7.7 configured', '10.0.10.207 node-status']);
    expect(targetOf(ports, state, 'subject')?.jump?.name).toBe('ip-10-0-10-115');
  });

  test('begin with the one that opened before, after the configured one', () => {
    const bound = { ...I1, subject: { ...I1.subject, addresses: ['10.0.10.207', '10.0.10.190'] } };
    const door = { address: '10.0.10.190', port: 22, from: 'node-status' as const };
    const looks = state.looks.map((look) => (look.role === 'subject' ? { ...look, door } : look));
    const opened = { ...state, bound, looks };
    expect(addresses(bench().ports, opened, 'subject')).toEqual(['10.0.10.190 node-status', '10.0.10.207 node-status']);
    const { ports } = bench({ doors: { 'ip-10-0-10-207': { address: '192.168.7.7' } } });
    expect(addresses(ports, opened, 'subject')[0]).toBe('192.168.7.7 configured');
  });

  test('do not name one address twice', () => {
    const { ports } = bench({ doors: { 'ip-10-0-10-207': { address: '10.0.10.207' } } });
    expect(addresses(ports, state, 'subject')).toEqual(['10.0.10.207 configured']);
  });

  test('are those that a plan allows, where it says which', () => {
    expect(targetOf(bench().ports, state, 'subject', ['10.0.10.207'])?.only).toEqual(['10.0.10.207']);
  });

  test('of the peer lead through nobody', () => {
    expect(targetOf(bench().ports, state, 'peer')?.jump).toBeUndefined();
  });

  test('are none for a role that nobody plays', () => {
    expect(targetOf(bench().ports, new Tale().open().state, 'subject')).toBeNull();
  });

  test('of a node that is called like what every object has are its own', () => {
    const bound = { ...I1, subject: boundNode('constructor', '10.0.10.9') };
    expect(addresses(bench().ports, { ...state, bound }, 'subject')).toEqual(['10.0.10.9 node-status']);
    expect(nodeNamed('constructor', '10.0.10.9').name).toBe('constructor');
  });
});
