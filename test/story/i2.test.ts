import { describe, expect, test } from 'vitest';
import { nodeCommands } from '../../src/model/index.ts';
import type { IncidentState } from '../../src/model/index.ts';
import { type Lab, noLab, skipNote, startLab } from '../lab/index.ts';
import { clears, difference, leftOn, ledgerOf } from './node.ts';
import { tell, waitingOffer } from './tell.ts';

const NODE = 'kylin-19';
const PEER = 'kylin-21';
const SYMPTOM = 'pods-cannot-get-out';
const STALE = 'vtep-mac-not-announced';
const CAPTURED = 'remote-vtep-is-local';
/** Both ways in which a node may look its own VTEP up: the second on kernels that had it so. */
const OWN_VTEP = /^local 10\.187\.0\.0 dev (lo|flannel\.1) /;

async function raised(name: string, onTestFinished: (end: () => Promise<void>) => void, twin = false): Promise<Lab> {
  const lab = await startLab(name, { prefix: 'i2', dialTimeoutMs: 2000, twin });
  onTestFinished(() => lab.down());
  return lab;
}

const codes = ({ findings }: IncidentState): string[] => findings.map(({ code }) => code);
const shown = (state: IncidentState, node: string): string[] =>
  state.findings.flatMap(({ evidence }) =>
    evidence.flatMap(({ subject, peer }) =>
      [subject, ...(peer === undefined ? [] : [peer])].filter((line) => line.node === node).map(({ line }) => line),
    ),
  );

describe.skipIf(noLab)(`pods of two nodes do not reach each other${skipNote}`, { timeout: 90_000 }, () => {
  test.concurrent('because flannel.1 has another MAC than the node announces', async ({ onTestFinished }) => {
    const lab = await raised('i2-mac', onTestFinished);
    expect(await lab.symptom()).toBe(true);
    const [before, clean] = [await lab.nodeState(NODE), await leftOn(lab, NODE)];
    const told = tell(lab, { node: NODE, symptom: SYMPTOM, approve: 'A' });
    const state = await told.offered();

    expect(codes(state)).toEqual([STALE]);
    const [finding] = state.findings;
    expect(finding).toMatchObject({
      confidence: 'proven',
      facts: { announced: 'ea:77:37:86:ee:bf', actual: 'b6:9b:ed:b0:37:74', device: 'flannel.1' },
    });
    // Connections that were tried before keep on being answered, into the quiet window too; the frames' address then proves it.
    expect(finding?.proof).toMatch(
      /otherhost of flannel\.1 rose by \d+ and again by \d+, .*(quiet window between\.|enough for 7)|addressed to ea:77:37:86:ee:bf/,
    );
    expect(shown(state, NODE).join('\n')).toContain('b6:9b:ed:b0:37:74');
    expect(shown(state, NODE)).toContain('{"VNI":1,"VtepMAC":"ea:77:37:86:ee:bf"}');
    expect(finding?.statement).toContain('the cluster DNS 10.186.0.2 (cluster1.local)');
    expect(shown(state, NODE)).toContain('clusterDomain: cluster1.local');
    expect(shown(state, PEER)).toContain('10.187.0.0 dev flannel.1 lladdr ea:77:37:86:ee:bf PERMANENT');
    expect(shown(state, PEER)).toContain('{"VNI":1,"VtepMAC":"2a:f1:d4:d0:32:24"}');
    expect(state.questions).toHaveLength(1);

    expect(state.watched?.story).toMatchObject({
      fate: 'answer-not-delivered',
      requestsAt: [14, 14],
      answersAt: [14, 14],
    });
    expect(state.watched?.story.points.map(({ device }) => device)).toEqual(['flannel.1', 'eth0']);
    const foreign = state.watched?.story.ladder.filter(({ kind }) => kind === 'echo-reply') ?? [];
    expect(new Set(foreign.map(({ macTarget }) => macTarget))).toEqual(new Set(['ea:77:37:86:ee:bf']));
    const counter = state.watched?.counters.find((one) => one.counter === 'otherhost of flannel.1');
    for (const rise of counter?.rounds ?? []) expect(rise).toBeGreaterThanOrEqual(7);
    expect(counter?.rounds).toHaveLength(2);
    const { plan } = waitingOffer(state);
    expect([plan.remediation, plan.risk, plan.undo]).toEqual(['restart-flannel', 2, []]);
    expect(plan.steps).toEqual([
      expect.objectContaining({ kind: 'pod-delete', node: NODE, owner: 'DaemonSet/kube-flannel-ds' }),
    ]);
    expect(plan.durable.join(' ')).toContain('interface-name:flannel*');
    expect(difference(before, await lab.nodeState(NODE)), 'looking at a node changes nothing').toEqual([]);
    await clears(lab, NODE, clean);

    told.approve();
    const { state: after, attached } = await told.ending();
    expect(after.troubles).toEqual([]);
    expect(after.outcome).toBe('repaired');
    expect(difference(before, await lab.nodeState(NODE)), 'a restart leaves the network as it was').toEqual([]);
    expect(after.change?.entry?.difference).toEqual([]);
    expect(after.sweep).toMatchObject({ others: [{ node: PEER, says: 'clear' }] });
    expect(await lab.observe('healthy')).toMatchObject({ holds: true });
    expect(attached.map(({ name }) => name).filter((name) => name.endsWith('.pcap'))).toEqual([
      'capture-flannel_1.pcap',
      'capture-eth0.pcap',
    ]);
  });

  test.concurrent("because the peer's tunnel address is taken for our own", async ({ onTestFinished }) => {
    const lab = await raised('i2-local', onTestFinished);
    expect(await lab.symptom()).toBe(true);
    const [before, clean] = [await lab.nodeState(NODE), await leftOn(lab, NODE)];
    const told = tell(lab, { node: NODE, symptom: SYMPTOM, approve: 'A' });

    const offered = await told.offered();
    expect(codes(offered)).toEqual([CAPTURED]);
    expect(offered.findings[0]).toMatchObject({ confidence: 'proven', facts: { addresses: ['10.187.1.0'] } });
    expect(offered.questions).toHaveLength(1);
    expect(shown(offered, NODE)).toContain('RTNETLINK answers: Invalid argument');
    expect(shown(offered, PEER).join('\n')).toMatch(/10\.187\.0\.0 dev flannel\.1/);
    for (const row of offered.findings.flatMap(({ evidence }) => evidence)) {
      for (const { node, command, line } of row.peer === undefined ? [row.subject] : [row.subject, row.peer]) {
        const ran = await lab.exec(node, ['sh', '-c', command]);
        expect(`${ran.stdout}${ran.stderr}`.split('\n').map((one) => one.trim())).toContain(line.trim());
      }
    }
    expect(offered.watched?.story).toMatchObject({ fate: 'not-forwarded', requestsAt: [14, 14, 0] });
    expect(offered.watched?.story.points.map(({ device }) => device)).toEqual(['eth0', 'flannel.1', 'cni0']);
    const { plan } = waitingOffer(offered);
    expect(plan.risk).toBe(1);
    expect(nodeCommands(plan.steps).map(({ argv }) => argv.join(' '))).toEqual([
      'ip -4 route del local 10.187.1.0 dev lo table local scope host',
    ]);
    expect(nodeCommands(plan.undo).map(({ argv }) => argv.join(' '))).toEqual([
      'ip -4 route add local 10.187.1.0 dev lo table local scope host',
    ]);
    expect(difference(before, await lab.nodeState(NODE)), 'looking at a node changes nothing').toEqual([]);

    told.approve();
    const { state } = await told.ending();
    expect(state.troubles).toEqual([]);
    expect(state.outcome).toBe('repaired');
    expect(await ledgerOf(lab, NODE)).toEqual([{ fix: plan.id, state: 'confirmed' }]);
    expect(await lab.observe('healthy')).toMatchObject({ holds: true });
    await clears(lab, NODE, clean);
    expect(difference(before, await lab.nodeState(NODE))).toEqual([
      expect.stringMatching(/^-local 10\.187\.1\.0 dev lo /),
    ]);
    const undone = await lab.exec(NODE, [...(nodeCommands(plan.undo)[0]?.argv ?? [])]);
    expect(undone.exit).toBe(0);
    expect(difference(before, await lab.nodeState(NODE)), 'the undo is exact').toEqual([]);
  });

  test.concurrent("but a node's own tunnel address in table local is how it should be", async ({ onTestFinished }) => {
    const lab = await raised('i2-mac', onTestFinished, true);
    const own = await lab.exec(NODE, ['ip', 'route', 'show', 'table', 'local']);
    expect(own.stdout.split('\n').some((line) => OWN_VTEP.test(line))).toBe(true);
    const fates: (string | undefined)[] = [];
    for (const symptom of [SYMPTOM, 'pods-unreachable', 'kubelet-unreachable']) {
      const { state } = await tell(lab, { node: NODE, symptom }).ending();
      expect([symptom, codes(state), state.offers, state.outcome]).toEqual([symptom, [], [], 'nothing-found']);
      fates.push(state.watched?.story.fate);
    }
    expect(fates).toEqual(['answered', 'answered', 'answered']);
  });

  test.concurrent('for both reasons at once, and both are found', async ({ onTestFinished }) => {
    const lab = await raised('i2-mac', onTestFinished);
    const captured = ['ip', 'route', 'add', 'local', '10.187.1.0', 'dev', 'lo', 'table', 'local'];
    expect((await lab.exec(NODE, captured)).exit).toBe(0);
    const { state } = await tell(lab, { node: NODE, symptom: SYMPTOM }).ending();
    expect(state.findings.map(({ code, confidence }) => [code, confidence])).toEqual([
      [STALE, 'proven'],
      [CAPTURED, 'likely'],
    ]);
    expect(state.offers.map(({ plan }) => plan.remediation)).toEqual(['release-remote-vtep']);
  });

  test.concurrent('but a healthy node is not blamed for its sick neighbour', async ({ onTestFinished }) => {
    const lab = await raised('i2-mac', onTestFinished);
    const { state } = await tell(lab, { node: PEER, symptom: SYMPTOM }).ending();
    expect(codes(state)).toEqual([]);
    expect(state.offers).toEqual([]);
    expect(state.outcome).toBe('unknown');
  });
});
