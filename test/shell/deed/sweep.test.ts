import { describe, expect, test } from 'vitest';
import type { Check } from '../../../src/check/check.ts';
import type { Effect, Happening, IncidentState, NodeFacts, OtherNode } from '../../../src/model/index.ts';
import { ipAddr, ipRoute } from '../../../src/probe/index.ts';
import { sweep } from '../../../src/shell/deed/sweep.ts';
import { gaveUp } from '../../../src/shell/gave-up.ts';
import type { Ports } from '../../../src/shell/index.ts';
import { fakeCluster, nodeNamed } from '../../fake/cluster.ts';
import { boundNode, I1 } from '../../fake/scene.ts';
import { CAUSE, mended } from '../../incident/cluster-tale.ts';
import { bench, type Bench } from '../workplace.ts';

const REPAIRED = 'ip-10-0-10-207';
const SICK = 'default via 10.0.10.1 dev eth1 \n';
const WELL = 'default via 10.0.10.1 dev eth0 \n';

/** Finds the cause where the default route leaves by eth1; it would like to know of the peer as well. */
const CHECK: Check = {
  id: 'return-path',
  suspect: 'replies leave elsewhere',
  ruledOut: 'replies leave where they should',
  codes: [CAUSE, 'something-else'],
  needs: ({ peer }, readings) => [
    { role: 'subject', probe: ipRoute.id, params: {} },
    ...(peer === null ? [] : [{ role: 'peer' as const, probe: ipRoute.id, params: {} }]),
    ...(readings.of('subject', ipRoute, {}) === null
      ? []
      : [{ role: 'subject' as const, probe: ipAddr.id, params: {} }]),
  ],
  judge({ subject }, readings) {
    const seen = readings.of('subject', ipRoute, {});
    if (seen?.known !== true) {
      const detail = seen === null ? 'not asked' : seen.detail;
      return {
        is: 'unknown',
        missing: [{ check: 'return-path', role: 'subject', node: subject.name, gap: 'unreachable', detail }],
      };
    }
    const [first] = seen.value.routes;
    if (first?.device === 'eth0') return { is: 'clear', because: 'eth0 has it' };
    const code = first?.device === 'eth1' ? CAUSE : 'something-else';
    const statement = `${subject.name} answers by ${first?.device ?? 'nothing'}.`;
    return { is: 'found', findings: [{ code, statement, confidence: 'likely', evidence: [], facts: {}, residue: [] }] };
  },
};

/** Finds nodes that hold no address. */
const ADDRESS: Check = {
  ...CHECK,
  id: 'address',
  ruledOut: 'it holds an address',
  codes: ['no-address'],
  needs: () => [{ role: 'subject', probe: ipAddr.id, params: {} }],
  judge({ subject }, readings) {
    const seen = readings.of('subject', ipAddr, {});
    if (seen?.known !== true) {
      const detail = seen === null ? 'not asked' : seen.detail;
      return {
        is: 'unknown',
        missing: [{ check: 'address', role: 'subject', node: subject.name, gap: 'unreachable', detail }],
      };
    }
    if (seen.value.addresses.length > 0) return { is: 'clear', because: 'it holds one' };
    const statement = `${subject.name} holds no address.`;
    const finding = {
      code: 'no-address',
      statement,
      confidence: 'likely',
      evidence: [],
      facts: {},
      residue: [],
    } as const;
    return { is: 'found', findings: [finding] };
  },
};

function pool(...others: readonly NodeFacts[]): Bench {
  const nodes = [nodeNamed(REPAIRED, '10.0.10.207'), ...others];
  return bench({ cluster: fakeCluster({ name: 'prod-east', nodes, apiServers: ['10.0.10.69'] }) });
}

const numbered = (count: number): readonly NodeFacts[] =>
  Array.from({ length: count }, (_, at) =>
    nodeNamed(`node-${at}`, `10.0.${Math.floor(at / 250) + 20}.${(at % 250) + 1}`),
  );

const EFFECT: Extract<Effect, { do: 'sweep' }> = { key: '9-sweep', do: 'sweep', finding: CAUSE, check: 'return-path' };

function swept(at: Bench, ports: Partial<Ports> = {}, state: IncidentState = mended().state) {
  return sweep({ ...at.ports, house: { ...at.ports.house, checks: [CHECK] }, ...ports }, state, EFFECT);
}

const others = (happening: Happening): readonly OtherNode[] => (happening.is === 'swept' ? happening.others : []);
const says = (happening: Happening): readonly string[] => others(happening).map(({ node, says }) => `${node} ${says}`);

describe('asking the other nodes', () => {
  test('tells of each whether it has the same cause, in the words of the check', async () => {
    const at = pool(...numbered(4));
    at.nodes.become('node-0', { outputs: { [ipRoute.argv({}).join(' ')]: SICK } });
    at.nodes.become('node-1', { outputs: { [ipRoute.argv({}).join(' ')]: WELL } });
    at.nodes.become('node-2', { outputs: { [ipRoute.argv({}).join(' ')]: 'default via 10.0.10.1 dev eth7 \n' } });
    const told = await swept(at);
    expect(says(told)).toEqual(['node-0 found', 'node-1 clear', 'node-2 other', 'node-3 unseen']);
    expect(others(told)[0]?.sentence).toBe('node-0 answers by eth1.');
    expect(others(told)[2]?.sentence, 'another finding of the same check').toBe('node-2 answers by eth7.');
    expect(others(told)[3]?.sentence).toMatch(/^it could not be seen whether replies leave where they should: /);
  });

  test('asks for every cause that was mended, each question once, and calls a node clear by all of them alone', async () => {
    const at = pool(...numbered(4));
    const address = (text: string) => ({ [ipAddr.argv({}).join(' ')]: text });
    const held = '2: eth0    inet 10.0.10.1/24 scope global eth0\\       valid_lft forever preferred_lft forever\n';
    const route = (text: string) => ({ [ipRoute.argv({}).join(' ')]: text });
    at.nodes.become('node-0', { outputs: { ...route(SICK), ...address(held) } });
    at.nodes.become('node-1', { outputs: { ...route(WELL), ...address('') } });
    at.nodes.become('node-2', { outputs: { ...route(WELL), ...address(held) } });
    at.nodes.become('node-3', { outputs: route(WELL) });
    const two = { ...EFFECT, also: [{ finding: 'no-address', check: 'address' }] };
    const ports = { ...at.ports, house: { ...at.ports.house, checks: [CHECK, ADDRESS] } };
    const told = await sweep(ports, mended().state, two);
    expect(says(told)).toEqual(['node-0 found', 'node-1 found', 'node-2 clear', 'node-3 unseen']);
    expect(
      others(told)
        .map(({ sentence }) => sentence)
        .slice(0, 3),
    ).toEqual(['node-0 answers by eth1.', 'node-1 holds no address.', 'eth0 has it; it holds one']);
    const addresses = at.nodes.asked.filter((line) => line === `run node-2 ${ipAddr.argv({}).join(' ')}`);
    expect(addresses).toHaveLength(1);
  });

  test('a second check that is not known any more asks nobody either', async () => {
    const at = pool(...numbered(2));
    const two = { ...EFFECT, also: [{ finding: 'no-address', check: 'address' }] };
    const ports = { ...at.ports, house: { ...at.ports.house, checks: [CHECK] } };
    expect(await sweep(ports, mended().state, two)).toMatchObject({
      others: [],
      failure: expect.any(String) as string,
    });
    expect(at.nodes.asked).toEqual([]);
  });

  test('asks the questions about the node alone, round after round, and nothing that changes anything', async () => {
    const at = pool(...numbered(1));
    await swept(at);
    const ran = at.nodes.asked.filter((line) => line.startsWith('run'));
    expect(ran.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['run node-0', 'run node-0']);
    expect(at.nodes.asked.filter((line) => !/^(open|run) /.test(line))).toEqual([]);
    expect(at.cluster.asked.filter((line) => line.startsWith('patch') || line.startsWith('delete'))).toEqual([]);
  });

  test('leaves out the repaired node, other pools and the control plane', async () => {
    const at = pool(
      nodeNamed('same', '10.0.10.11'),
      nodeNamed('other-pool', '10.0.10.12', { pool: 'gpu' }),
      nodeNamed('control', '10.0.10.13', { controlPlane: true }),
    );
    expect(says(await swept(at))).toEqual(['same unseen']);
  });

  test('a node whose door is closed is not called clear; the repaired one is the way through', async () => {
    const at = pool(...numbered(2));
    at.nodes.become('node-0', { closed: { '10.0.20.1': 'connection timed out' } });
    const targets: (string | undefined)[] = [];
    const nodes = {
      open: (...about: Parameters<Ports['nodes']['open']>) => {
        targets.push(about[0].jump?.name);
        return at.nodes.open(...about);
      },
    };
    const told = await swept(at, { nodes });
    expect(others(told)[0]).toMatchObject({
      says: 'unseen',
      sentence: expect.stringContaining('No SSH door of node-0') as string,
    });
    expect(targets).toEqual([REPAIRED, REPAIRED]);
  });

  test('a node whose pods cannot be listed is unseen, and the others are asked all the same', async () => {
    const at = pool(...numbered(3));
    at.cluster.fail('podsOn', 'denied', 'You may not list pods.', 1);
    expect(others(await swept(at)).filter(({ sentence }) => sentence === 'You may not list pods.')).toHaveLength(1);
  });

  test('a large pool is asked in part, and says how many were left out', async () => {
    const at = pool(...numbered(230));
    const told = await swept(at);
    expect(others(told)).toHaveLength(200);
    expect(told).toMatchObject({ left: 30 });
    expect(new Set(others(told).map(({ node }) => node)).size).toBe(200);
  });

  test('four at once at most, each starting a little after the one before', async () => {
    const at = pool(...numbered(12));
    const began: number[] = [];
    let now = 0;
    let most = 0;
    const nodes = {
      open: async (...about: Parameters<Ports['nodes']['open']>) => {
        began.push(at.clock.now());
        now += 1;
        most = Math.max(most, now);
        await at.clock.sleep(1_000);
        now -= 1;
        return at.nodes.open(...about);
      },
    };
    await swept(at, { nodes });
    expect(most).toBe(4);
    expect(began).toHaveLength(12);
    const pauses = began.slice(1).map((when, at) => when - (began[at] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(150);
  });

  test('what is the same for all of them is asked once', async () => {
    const at = pool(...numbered(10));
    await swept(at);
    for (const question of ['nodes', 'cni', 'apiServers'])
      expect(at.cluster.asked.filter((line) => line === question)).toHaveLength(1);
  });

  test('a pool of one has nobody to ask, also where the node has left the cluster', async () => {
    expect(await swept(pool())).toEqual({ is: 'swept', finding: CAUSE, others: [], left: 0 });
    const at = bench({ cluster: fakeCluster({ name: 'prod-east', nodes: numbered(2) }) });
    const { state } = mended();
    const subject = { ...boundNode(REPAIRED, '10.0.10.207'), facts: nodeNamed(REPAIRED, '10.0.10.207') };
    expect(others(await swept(at, {}, { ...state, bound: { ...I1, subject } }))).toHaveLength(2);
  });

  test('a cluster that says no is told; one that is silent is asked again by whoever asked', async () => {
    const at = pool(...numbered(2));
    at.cluster.fail('nodes', 'denied', 'You may not list nodes.', 1);
    expect(await swept(at)).toMatchObject({
      others: [],
      failure: 'Whether other nodes have this cause is not known: You may not list nodes.',
    });
    at.cluster.fail('nodes', 'timed-out', 'It is silent.', 1);
    await expect(swept(at)).rejects.toThrow('It is silent.');
    expect(gaveUp(EFFECT, 'It is silent.')).toMatchObject({
      is: 'swept',
      others: [],
      failure: expect.any(String) as string,
    });
  });

  test('a check that is not known any more asks nobody', async () => {
    const at = pool(...numbered(2));
    const happening = await sweep({ ...at.ports, house: { ...at.ports.house, checks: [] } }, mended().state, EFFECT);
    expect(happening).toMatchObject({ others: [], failure: expect.stringContaining('not known any more') as string });
    expect(at.nodes.asked).toEqual([]);
  });

  test('every raw answer is kept', async () => {
    const at = pool(...numbered(1));
    at.nodes.become('node-0', { outputs: { [ipRoute.argv({}).join(' ')]: SICK } });
    const digests: string[] = [];
    const journal = {
      ...at.journal,
      keep: async (...about: Parameters<Ports['journal']['keep']>) => {
        const digest = await at.journal.keep(...about);
        digests.push(digest);
        return digest;
      },
    };
    await swept(at, { journal });
    const bytes = await Promise.all(digests.map((digest) => at.journal.bytes(digest)));
    expect(bytes.map((one) => Buffer.from(one ?? []).toString())).toContain(SICK);
  });
});
