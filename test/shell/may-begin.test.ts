import { describe, expect, test } from 'vitest';
import { SWITCH, switched } from '../../src/incident/index.ts';
import type { Effect, IncidentState, Plan } from '../../src/model/index.ts';
import type { NodeSession } from '../../src/port.ts';
import { change } from '../../src/shell/deed/change.ts';
import { foresee } from '../../src/shell/deed/foresee.ts';
import type { FakeNode } from '../fake/node-shell.ts';
import { SECOND } from '../fake/house.ts';
import { changing, START } from '../incident/tale.ts';
import { bench, type Bench, NODES } from './workplace.ts';

const NODE = 'ip-10-0-10-207';
const SAME = { machineId: `machine-${NODE}`, bootId: 'boot-1', hostKey: 'SHA256:k' };

function approved(): { readonly deed: Extract<Effect, { do: 'change' }>; readonly state: IncidentState } {
  const tale = changing();
  const deed = tale.effects.find((effect) => effect.do === 'change');
  if (deed === undefined) throw new RangeError('nothing to change');
  return { deed, state: tale.state };
}

/** A bench on which nothing is against the change but what `node` says. */
function ready({ plan }: { readonly plan: Plan }, node: FakeNode = {}): Bench {
  const outputs = Object.fromEntries(plan.preconditions.map(({ argv, stdout }) => [argv.join(' '), stdout]));
  const at = bench({ nodes: { [NODE]: { identity: SAME, ...node, outputs: { ...outputs, ...node.outputs } } } });
  at.clock.pass(START - at.clock.now() + 60_000);
  return at;
}

async function other(at: Bench, node: string): Promise<void> {
  const { state } = changing();
  const event = { is: 'woken', name: 'x', at: START, seed: '0' } as const;
  await at.journal.advance({
    incident: `of ${node}`,
    from: 0,
    event,
    state: { ...state, id: `of ${node}`, node },
    effects: [],
    audit: [],
  });
}

const applied = ({ nodes }: Bench): number => nodes.asked.filter((line) => line.startsWith('apply')).length;

describe('a change is handed to the node only where nothing is against it', () => {
  test('nothing is', async () => {
    const { deed, state } = approved();
    const at = ready(deed);
    expect(await change(at.ports, state, deed)).toMatchObject({ is: 'changed', entry: { state: 'applied' } });
    expect(await foresee(at.ports, { do: 'foresee', key: '1-foresee', plan: deed.plan })).toMatchObject({
      sentence: null,
    });
  });

  test.each<[string, (at: Bench) => unknown, RegExp]>([
    ['a change in the same pool', (at) => other(at, 'ip-10-0-10-115'), /^ip-10-0-10-115 is being changed now/],
    [
      'half of the nodes gone',
      (at) => at.cluster.become({ nodes: NODES.map((node) => ({ ...node, ready: 'Unknown' })) }),
      /0 of the 3 nodes of cluster prod-east are Ready/,
    ],
    [
      'the switch',
      (at) => at.journal.note(switched(true, SECOND, START, 'storm')),
      /^second stopped all changes at .* \(storm\)/,
    ],
    [
      'an API server that forbids to look',
      (at) => at.cluster.fail('nodes', 'denied', 'You may not list nodes.'),
      /^How many nodes are healthy could not be seen: You may not list nodes\.$/,
    ],
    [
      'an API server that stays away',
      (at) => at.cluster.fail('nodes', 'unreachable', 'Nobody answered.'),
      /^How many nodes are healthy could not be seen: Nobody answered\.$/,
    ],
  ])('%s holds it, changes nothing, and is foreseen', async (_, arrange, sentence) => {
    const { deed, state } = approved();
    const at = ready(deed);
    await arrange(at);
    expect(await change(at.ports, state, deed)).toEqual({
      is: 'held',
      plan: deed.plan.id,
      sentence: expect.stringMatching(sentence) as string,
    });
    expect(applied(at)).toBe(0);
    expect(await foresee(at.ports, { do: 'foresee', key: '1-foresee', plan: deed.plan })).toMatchObject({
      sentence: expect.stringMatching(sentence) as string,
    });
  });

  test('an API server that answers a moment later holds nothing', async () => {
    const { deed, state } = approved();
    const at = ready(deed);
    at.cluster.fail('nodes', 'unreachable', 'Nobody answered.', 2);
    expect(await change(at.ports, state, deed)).toMatchObject({ is: 'changed' });
  });

  test('the switch that is turned back holds nothing, and its rows stay', async () => {
    const { deed, state } = approved();
    const at = ready(deed);
    await at.journal.note(switched(true, SECOND, START, ''));
    await at.journal.note(switched(false, SECOND, START + 1, ''));
    expect(await change(at.ports, state, deed)).toMatchObject({ is: 'changed' });
    expect(await at.journal.audit(SWITCH)).toHaveLength(2);
  });

  test('what the node has begun before is not held by what came later', async () => {
    const { deed, state } = approved();
    const at = ready(deed);
    await change(at.ports, state, deed);
    await at.journal.note(switched(true, SECOND, START, ''));
    expect(await change(at.ports, state, deed)).toMatchObject({ is: 'changed', entry: { state: 'applied' } });
    expect(applied(at)).toBe(1);
  });
});

describe('T35, in part: clocks', () => {
  test.each([
    ['28 s ahead', 28_000],
    ['28 s behind', -28_000],
  ])('a node that is %s may be changed', async (_, clockAheadMs) => {
    const { deed, state } = approved();
    const at = ready(deed, { clockAheadMs });
    expect(await change(at.ports, state, deed)).toMatchObject({ is: 'changed' });
  });

  test.each([
    ['32 s ahead', 32_000, '32.5 s ahead of'],
    ['32 s behind', -32_000, '31.5 s behind'],
    ['an hour ahead', 3_600_000, '60 min ahead of'],
    ['a day behind', -86_400_000, '24 h behind'],
  ])('a node that is %s is left alone, with the measured difference', async (_, clockAheadMs, measured) => {
    const { deed, state } = approved();
    const at = ready(deed, { clockAheadMs });
    expect(await change(at.ports, state, deed)).toMatchObject({
      is: 'held',
      sentence: expect.stringContaining(`${measured} netdiag's (measured to ± 0.5 s)`) as string,
    });
    expect(applied(at)).toBe(0);
  });

  test.each([{ exit: 127 }, { stdout: 'now\n' }, { stdout: '' }])(
    'a node that does not tell the time: %j',
    async (given) => {
      const { deed, state } = approved();
      const at = ready(deed, { outputs: { 'date +%s': given } });
      expect(await change(at.ports, state, deed)).toMatchObject({ is: 'held' });
    },
  );

  test('a connection too slow to tell is against it too', async () => {
    const { deed, state } = approved();
    const at = ready(deed);
    const open = at.nodes.open.bind(at.nodes);
    const slow: typeof open = async (...target) => {
      const reached = await open(...target);
      if (!reached.reached) return reached;
      const run: NodeSession['run'] = async (...asked) => {
        const outputs = await reached.session.run(...asked);
        at.clock.pass(62_000);
        return outputs;
      };
      return { reached: true, session: { ...reached.session, run } };
    };
    expect(await change({ ...at.ports, nodes: { open: slow } }, state, deed)).toMatchObject({
      is: 'held',
      sentence: expect.stringContaining('this connection is too slow to tell') as string,
    });
  });
});
