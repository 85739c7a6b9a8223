import { describe, expect, test } from 'vitest';
import { canonical } from '../../../src/model/json.ts';
import { sha256 } from '../../../src/model/hash.ts';
import { nodeCommands } from '../../../src/model/index.ts';
import type { Effect, IncidentState, Plan } from '../../../src/model/index.ts';
import { change } from '../../../src/shell/deed/change.ts';
import { settle } from '../../../src/shell/deed/settle.ts';
import { verify } from '../../../src/shell/deed/verify.ts';
import type { FakeNode } from '../../fake/node-shell.ts';
import { changing, START, type Tale } from '../../incident/tale.ts';
import { bench, type Bench } from '../workplace.ts';

const NODE = 'ip-10-0-10-207';
/** Who answers as the node of the story. */
const SAME = { machineId: `machine-${NODE}`, bootId: 'boot-1', hostKey: 'SHA256:k' };

function only<Do extends Effect['do']>(tale: Tale, deed: Do): Extract<Effect, { do: Do }> {
  const found = tale.effects.findLast((effect) => effect.do === deed);
  if (found === undefined) throw new RangeError(`nothing to ${deed}`);
  return found as Extract<Effect, { do: Do }>;
}

/** A bench where the node's preconditions hold, unless `change` says otherwise. */
function holding(plan: Plan, change: FakeNode = {}): Bench {
  const outputs = Object.fromEntries(plan.preconditions.map(({ argv, stdout }) => [argv.join(' '), stdout]));
  const made = bench({ nodes: { [NODE]: { identity: SAME, ...change, outputs: { ...outputs, ...change.outputs } } } });
  made.clock.pass(START - made.clock.now() + 60_000);
  return made;
}

function approved(): { readonly deed: Extract<Effect, { do: 'change' }>; readonly state: IncidentState } {
  const tale = changing();
  return { deed: only(tale, 'change'), state: tale.state };
}

const applied = ({ nodes }: Bench): number => nodes.asked.filter((line) => line.startsWith('apply')).length;
const undone = ({ nodes }: Bench): number => nodes.asked.filter((line) => line.startsWith('undo')).length;

describe('change', () => {
  test('hands the plan to the node, which applies it once', async () => {
    const { deed, state } = approved();
    const at = holding(deed.plan);
    expect(await change(at.ports, state, deed)).toMatchObject({
      is: 'changed',
      plan: deed.plan.id,
      entry: { fix: deed.plan.id, state: 'applied' },
      door: { address: '10.0.10.207' },
    });
    expect(applied(at)).toBe(1);
  });

  test('done again after a crash it only asks what became of it', async () => {
    const { deed, state } = approved();
    const at = holding(deed.plan);
    const first = await change(at.ports, state, deed);
    expect(await change(at.ports, state, deed)).toEqual(first);
    expect(applied(at)).toBe(1);
  });

  test('a precondition that differs changes nothing', async () => {
    const { deed, state } = approved();
    const [first] = deed.plan.preconditions;
    const at = holding(deed.plan, { outputs: { [first?.argv.join(' ') ?? '']: '10.0.10.0/24 dev eth0 \n' } });
    expect(await change(at.ports, state, deed)).toMatchObject({ is: 'changed', entry: { state: 'refused' } });
    expect(applied(at)).toBe(0);
  });

  test.each<[string, (plan: Plan) => Partial<Plan>]>([
    ['other steps', (plan) => ({ steps: plan.undo })],
    ['another expiry', (plan) => ({ expiresAt: plan.expiresAt + 1 })],
    ['no preconditions', () => ({ preconditions: [] })],
    ['another id', () => ({ id: 'f'.repeat(32) })],
  ])('a plan with %s than the approved one is refused before the node hears of it', async (_, differ) => {
    const { deed, state } = approved();
    const at = holding(deed.plan);
    const plan = { ...deed.plan, ...differ(deed.plan) };
    expect(await change(at.ports, state, { ...deed, plan })).toMatchObject({
      is: 'changed',
      entry: { state: 'refused', detail: 'The plan is not the one that was approved.' },
    });
    expect(applied(at)).toBe(0);
  });

  test('an approval of the same hash but for another id is refused', async () => {
    const { deed, state } = approved();
    const at = holding(deed.plan);
    const approval = { ...deed.approval, planId: 'f'.repeat(32), planHash: sha256(canonical(deed.plan)) };
    expect(await change(at.ports, state, { ...deed, approval })).toMatchObject({ entry: { state: 'refused' } });
    expect(applied(at)).toBe(0);
  });

  test('an approval that has expired by now is refused', async () => {
    const { deed, state } = approved();
    const at = holding(deed.plan);
    at.clock.pass(900_000);
    expect(await change(at.ports, state, deed)).toMatchObject({
      entry: { state: 'refused', detail: 'The approval expired before the fix began.' },
    });
    expect(applied(at)).toBe(0);
  });

  test.each([
    ['machine id', { machineId: 'another' }],
    ['boot id', { bootId: 'boot-2' }],
    ['host key', { hostKey: 'SHA256:z' }],
    ['machine id', { machineId: null }],
  ])('a node with another %s than in the plan is refused', async (what, identity) => {
    const { deed, state } = approved();
    const at = holding(deed.plan, { identity: { ...SAME, ...identity } });
    const happening = await change(at.ports, state, deed);
    expect(happening).toMatchObject({ is: 'changed', entry: { state: 'refused' } });
    expect(happening.is === 'changed' && happening.entry.detail).toContain(what);
    expect(applied(at)).toBe(0);
  });

  test('a step that fails is told as the node tells it: it restored itself', async () => {
    const { deed, state } = approved();
    const step = nodeCommands(deed.plan.steps)[0]?.argv.join(' ') ?? '';
    const at = holding(deed.plan, { failing: { [step]: 'RTNETLINK answers: No such process' } });
    expect(await change(at.ports, state, deed)).toMatchObject({
      is: 'changed',
      entry: { state: 'rolled-back', detail: expect.stringContaining('No such process') as string },
    });
    expect(undone(at)).toBe(1);
  });

  test('a change that takes its own connection along is asked for through a new one', async () => {
    const { deed, state } = approved();
    const at = holding(deed.plan);
    at.nodes.cutAfterApply(NODE);
    expect(await change(at.ports, state, deed)).toMatchObject({ is: 'changed', entry: { state: 'applied' } });
    expect(at.nodes.asked.filter((line) => line.startsWith('open')).length).toBeGreaterThan(1);
    expect(applied(at)).toBe(1);
  });

  test('when no door opens afterwards, what became of it is not known, and one sentence says so', async () => {
    const { deed, state } = approved();
    const at = holding(deed.plan);
    at.nodes.cutAfterApply(NODE);
    at.nodes.onChange(() => at.nodes.become(NODE, { closed: { '10.0.10.207': 'connection timed out' } }));
    const happening = await change(at.ports, state, deed);
    expect(happening).toMatchObject({ is: 'change-unknown', plan: deed.plan.id });
    expect(happening.is === 'change-unknown' && happening.sentence).toMatch(
      /^Whether the fix was applied on .*confirmed\.$/s,
    );
  });

  test('a node that cannot be reached is not known, and nothing was handed over', async () => {
    const { deed, state } = approved();
    const at = holding(deed.plan, { closed: { '10.0.10.207': 'connection refused' } });
    expect(await change(at.ports, state, deed)).toMatchObject({ is: 'change-unknown' });
    expect(applied(at)).toBe(0);
  });

  test('a node that nobody knows any more is not known', async () => {
    const { deed, state } = approved();
    expect(await change(bench().ports, { ...state, bound: null }, deed)).toMatchObject({ is: 'change-unknown' });
  });
});

describe('verify', () => {
  const verifying = (): { readonly deed: Extract<Effect, { do: 'verify' }>; readonly state: IncidentState } => {
    const tale = changing().changed('applied');
    return { deed: { ...only(tale, 'verify'), stimulus: null, watch: null }, state: tale.state };
  };

  test('looks again through a new connection by a door that must work', async () => {
    const { deed, state } = verifying();
    const at = holding(deed.plan);
    const happening = await verify(at.ports, state, deed);
    expect(happening).toMatchObject({ is: 'verified', plan: deed.plan.id, door: { address: '10.0.10.207' } });
    expect(happening.is === 'verified' && happening.answers.length).toBe(deed.questions.length);
    expect(happening.is === 'verified' && happening.failure).toBeUndefined();
  });

  test('T16: asks the API server for its own view', async () => {
    const { deed, state } = verifying();
    const at = holding(deed.plan);
    expect(await verify(at.ports, state, deed)).toMatchObject({ apiServer: 'answers' });
    at.cluster.become({ kubelets: { [NODE]: { verdict: 'timed-out', said: 'i/o timeout', ms: 9 } } });
    expect(await verify(at.ports, state, deed)).toMatchObject({ apiServer: 'i/o timeout' });
    at.cluster.fail('reachKubelet', 'denied', 'You may not ask.');
    const refused = await verify(at.ports, state, deed);
    expect(refused).toMatchObject({ apiServer: 'You may not ask.' });
    expect(refused.is === 'verified' && refused.failure).toBeUndefined();
  });

  test('does not ask it where the API server is not the far end', async () => {
    const { deed, state } = verifying();
    const at = holding(deed.plan);
    expect(await verify(at.ports, state, { ...deed, askApiServer: false })).toMatchObject({ apiServer: null });
    expect(at.cluster.asked).toEqual([]);
  });

  test('tries again a moment later, for neighbours forget slowly', async () => {
    const { deed, state } = verifying();
    const at = holding(deed.plan, { closed: { '10.0.10.207': 'no route to host' } });
    let opened = 0;
    const open = at.nodes.open.bind(at.nodes);
    const later = {
      open: (...args: Parameters<typeof open>) => {
        opened += 1;
        if (opened === 3) at.nodes.become(NODE, { closed: {} });
        return open(...args);
      },
    };
    expect(await verify({ ...at.ports, nodes: later }, state, deed)).toMatchObject({
      door: { address: '10.0.10.207' },
    });
  });

  test('no new connection is a failure that names the doors', async () => {
    const { deed, state } = verifying();
    const at = holding(deed.plan, { closed: { '10.0.10.207': 'connection timed out' } });
    const happening = await verify(at.ports, state, deed);
    expect(happening).toMatchObject({ is: 'verified', door: null, answers: [] });
    expect(happening.is === 'verified' && happening.failure).toContain('through 10.0.10.207');
  });

  test('T17: another machine behind the same address is a failure', async () => {
    const { deed, state } = verifying();
    const at = holding(deed.plan, { identity: { ...SAME, bootId: 'boot-2' } });
    const happening = await verify(at.ports, state, deed);
    expect(happening.is === 'verified' && happening.failure).toContain('boot id');
  });

  test('packets that nobody can send are a failure', async () => {
    const tale = changing().changed('applied');
    const deed = only(tale, 'verify');
    const at = holding(deed.plan);
    at.nodes.become('ip-10-0-10-69', { closed: { '10.0.10.69': 'connection refused' } });
    const happening = await verify(at.ports, tale.state, deed);
    expect(happening.is === 'verified' && happening.failure).toMatch(
      /^No marked packets could be sent from ip-10-0-10-69/,
    );
  });
});

describe('settle', () => {
  const settling = (verb: 'confirm' | 'roll-back' | 'await') => {
    const { deed, state } = approved();
    const effect: Extract<Effect, { do: 'settle' }> = { key: '9-settle', do: 'settle', plan: deed.plan, verb };
    return { deed, effect, state };
  };
  /** After the change was applied on the node. */
  async function after(verb: 'confirm' | 'roll-back' | 'await', node: FakeNode = {}) {
    const { deed, effect, state } = settling(verb);
    const at = holding(deed.plan, node);
    await change(at.ports, state, deed);
    return { at, effect, state };
  }
  const entryOf = (happening: Awaited<ReturnType<typeof settle>>): string =>
    happening.is === 'settled' ? happening.entry.state : happening.is;

  test('confirm disarms the rollback', async () => {
    const { at, effect, state } = await after('confirm');
    expect(entryOf(await settle(at.ports, state, effect))).toBe('confirmed');
    expect(undone(at)).toBe(0);
  });

  test('confirmed twice is confirmed', async () => {
    const { at, effect, state } = await after('confirm');
    await settle(at.ports, state, effect);
    expect(entryOf(await settle(at.ports, state, effect))).toBe('confirmed');
  });

  test('roll-back has the node restore itself at once', async () => {
    const { at, effect, state } = await after('roll-back');
    expect(entryOf(await settle(at.ports, state, effect))).toBe('rolled-back');
    expect(undone(at)).toBe(1);
  });

  test('await waits until the node has restored itself', async () => {
    const { at, effect, state } = await after('await');
    const began = at.clock.now();
    expect(entryOf(await settle(at.ports, state, effect))).toBe('rolled-back');
    expect(at.clock.now() - began).toBeGreaterThanOrEqual(59_000);
  });

  test('a confirmation that comes through no door in time finds the node restored', async () => {
    const { at, effect, state } = await after('confirm');
    at.nodes.become(NODE, { closed: { '10.0.10.207': 'connection timed out' } });
    const open = at.nodes.open.bind(at.nodes);
    const began = at.clock.now();
    const shut = {
      open: (...args: Parameters<typeof open>) => {
        if (at.clock.now() - began > 62_000) at.nodes.become(NODE, { closed: {} });
        return open(...args);
      },
    };
    expect(entryOf(await settle({ ...at.ports, nodes: shut }, state, effect))).toBe('rolled-back');
  });

  test('a node that never heard of the fix has refused it', async () => {
    const { deed, effect, state } = settling('await');
    const at = holding(deed.plan);
    expect(entryOf(await settle(at.ports, state, effect))).toBe('refused');
  });

  test('another machine that never heard of it proves nothing', async () => {
    const { deed, effect, state } = settling('await');
    const at = holding(deed.plan, { identity: { ...SAME, machineId: 'another' } });
    const happening = await settle(at.ports, state, effect);
    expect(happening).toMatchObject({ is: 'unsettled', sentence: expect.stringContaining('machine id') as string });
  });

  test('a node that stays away is told to a person, with where to look', async () => {
    const { deed, effect, state } = settling('await');
    const at = holding(deed.plan, { closed: { '10.0.10.207': 'connection timed out' } });
    const happening = await settle(at.ports, state, effect);
    expect(happening.is === 'unsettled' && happening.sentence).toMatch(
      /^What became of the fix on ip-10-0-10-207 is not known: .*\/var\/lib\/netdiag\/fix\/[0-9a-f]{32}\)\.$/s,
    );
  });

  test('a restart of the node has undone what was set at run time', async () => {
    const { at, effect, state } = await after('await');
    at.nodes.restart(NODE);
    expect(entryOf(await settle(at.ports, state, effect))).toBe('rolled-back');
  });
});
