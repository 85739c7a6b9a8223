import { describe, expect, test } from 'vitest';
import { blastObjection, failureDomain, type Surroundings } from '../../../src/incident/change/blast.ts';
import type { IncidentState, NodeFacts, Plan } from '../../../src/model/index.ts';
import { nodeNamed } from '../../fake/cluster.ts';
import { I1 } from '../../fake/scene.ts';
import { ON_CALL, SECOND } from '../../fake/house.ts';
import { changing, repaired, START } from '../tale.ts';

const { plan } = changing().offer();
const NOW = START + 60_000;

/** Five nodes: the subject and three of its kind in three zones, and two control-plane nodes. */
const FIVE: readonly NodeFacts[] = [
  nodeNamed('ip-10-0-10-207', '10.0.10.207', { zone: 'a' }),
  nodeNamed('ip-10-0-10-115', '10.0.10.115', { zone: 'a' }),
  nodeNamed('ip-10-0-10-31', '10.0.10.31', { zone: 'b' }),
  nodeNamed('control-1', '10.0.10.69', { zone: 'b', controlPlane: true, pool: null }),
  nodeNamed('control-2', '10.0.10.70', { zone: 'c', controlPlane: true, pool: null }),
];

/** Another incident of the same cluster, on another node. */
function other(node: string, of: IncidentState, differ: Partial<IncidentState> = {}): IncidentState {
  return { ...of, id: `of ${node}`, node, ...differ };
}

function on(name: string): Plan {
  return { ...plan, node: { ...plan.node, name } };
}

function says(differ: Partial<Surroundings> = {}, of: Plan = plan): string | null {
  return blastObjection(of, { now: NOW, stopped: null, nodes: FIVE, others: [], ...differ });
}

describe('where a change may begin', () => {
  test('nothing is against the first one in a healthy cluster', () => {
    expect(says()).toBeNull();
  });

  test('one at a time on a node', () => {
    expect(says({ others: [other('ip-10-0-10-207', changing().state)] })).toMatch(
      /^Another change is under way on ip-10-0-10-207, asked for by on-call\./,
    );
    expect(says({ others: [other('ip-10-0-10-207', repaired().state)] })).toBeNull();
  });

  test('one at a time in a zone, and another zone may go on', () => {
    const near = other('ip-10-0-10-115', changing().state);
    expect(says({ others: [near] })).toMatch(/^ip-10-0-10-115 is being changed now, and of zone a,/);
    expect(says({ others: [near] }, on('ip-10-0-10-31'))).toBeNull();
  });

  test('without zones a pool is what fails together, and without pools everything', () => {
    const bare = FIVE.map(({ name, pool }) => nodeNamed(name, '10.0.10.1', { pool }));
    expect(says({ nodes: bare, others: [other('ip-10-0-10-31', changing().state)] })).toContain('of pool pool,');
    expect(says({ nodes: bare, others: [other('control-1', changing().state)] })).toBeNull();
    expect(failureDomain({ pool: null })).toBe(failureDomain({ pool: null }));
    expect(failureDomain({ pool: null, zone: 'a' })).not.toBe(failureDomain({ pool: 'a' }));
  });

  test('a change on a node that the cluster forgot counts by what was known of it', () => {
    const gone = other('ip-10-0-10-99', changing().state);
    expect(says({ others: [gone] })).toBeNull();
    const known = { ...I1, subject: { ...I1.subject, facts: nodeNamed('ip-10-0-10-99', '10.0.10.99', { zone: 'a' }) } };
    expect(says({ others: [{ ...gone, bound: known }] })).toContain('ip-10-0-10-99 is being changed now');
    expect(says({ others: [{ ...gone, bound: null }] })).toContain('ip-10-0-10-99 is being changed now');
  });

  test('what happens in another cluster is no matter', () => {
    expect(says({ others: [other('ip-10-0-10-115', changing().state, { cluster: 'prod-west' })] })).toBeNull();
  });

  test('three repairs in ten minutes, and the fourth when the first is ten minutes old', () => {
    const done = ['n1', 'n2', 'n3'].map((node) => other(node, repaired().state));
    const at = done[0]?.offers[0]?.decidedAt ?? 0;
    expect(says({ others: done.slice(1) })).toBeNull();
    expect(says({ others: done })).toMatch(
      /^3 repairs were begun in cluster prod-east within ten minutes \(n1, n2, n3\)/,
    );
    expect(says({ others: done, now: at + 10 * 60_000 - 1 })).not.toBeNull();
    expect(says({ others: done, now: at + 10 * 60_000 })).toBeNull();
  });

  test('a plan that was refused or rejected is no repair', () => {
    const refused = ['n1', 'n2', 'n3'].map((node) => {
      const { state } = repaired();
      return other(node, state, { offers: state.offers.map((offer) => ({ ...offer, state: 'superseded' })) });
    });
    expect(says({ others: refused })).toBeNull();
  });

  test.each([
    [2, 4, '2 of the 4 nodes'],
    [3, 5, null],
    [50, 99, '50 of the 99 nodes'],
    [51, 100, null],
  ])('%i Ready ones besides the subject, of %i nodes: below 51 %% nothing is changed', (ready, of, said) => {
    const nodes = Array.from({ length: of }, (_, at) =>
      nodeNamed(at === 0 ? 'ip-10-0-10-207' : `n${at}`, `10.0.10.${at}`, { ready: at <= ready ? 'True' : 'Unknown' }),
    );
    expect(/\d+ of the \d+ nodes/.exec(says({ nodes }) ?? '')?.[0] ?? null).toBe(said);
  });

  test('in a cluster of two it is said that it is never otherwise', () => {
    expect(says({ nodes: FIVE.slice(0, 2) })).toContain('In a cluster this small that is never otherwise');
    expect(says({ nodes: FIVE.slice(0, 3) })).toBeNull();
  });

  test('the last control-plane node that is Ready is left alone', () => {
    expect(says({}, on('control-1'))).toBeNull();
    const half = FIVE.map((node) => (node.name === 'control-2' ? { ...node, ready: 'False' as const } : node));
    expect(says({ nodes: half }, on('control-1'))).toMatch(/^No control-plane node besides control-1 is Ready/);
    expect(says({ nodes: half })).toBeNull();
  });

  test('a node that the cluster has no more is not changed', () => {
    expect(says({ nodes: FIVE.slice(1) })).toBe('Cluster prod-east has no node ip-10-0-10-207 any more.');
  });

  test('the switch comes before everything else', () => {
    const stopped = { by: SECOND, at: START, reason: 'storm' };
    expect(says({ stopped, nodes: [] })).toMatch(/^second stopped all changes at \d\d:\d\d UTC \(storm\)\./);
    expect(says({ stopped: { by: ON_CALL, at: START, reason: '' } })).not.toContain('(');
  });
});
