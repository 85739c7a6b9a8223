import { describe, expect, test } from 'vitest';
import { nodeCommands } from '../../src/model/index.ts';
import type { Evidence, IncidentState } from '../../src/model/index.ts';
import { type Lab, noLab, skipNote, startLab } from '../lab/index.ts';
import { nodePortOpens } from '../lab/fault/eni-matrix.ts';
import { podsOn } from '../lab/topology/eni.ts';
import { clears, difference, leftOn, ledgerOf } from './node.ts';
import { tell, waitingOffer } from './tell.ts';

const NODE = 'ip-172-31-53-61';
const SYMPTOM = 'connections-time-out';

async function raised(name: string, onTestFinished: (end: () => Promise<void>) => void, twin = false): Promise<Lab> {
  const lab = await startLab(name, { prefix: 'i4', dialTimeoutMs: 2000, twin });
  onTestFinished(() => lab.down());
  return lab;
}

const codes = ({ findings }: IncidentState): string[] => findings.map(({ code }) => code);

/** Whoever runs the command of a piece of evidence by hand reads the very same line. */
async function saysTheSame(lab: Lab, { subject: { node, command, line } }: Evidence): Promise<void> {
  const { stdout, stderr } = await lab.exec(node, ['sh', '-c', command]);
  expect(`${stdout}${stderr}`.split('\n').map((one) => one.trim())).toContain(line.trim());
}

describe.skipIf(noLab)(`some connections time out: it is the pods of one ENI${skipNote}`, { timeout: 90_000 }, () => {
  test.concurrent('i4a: their rule covers the VPC alone, so their ENI drops clients from outside', async ({
    onTestFinished,
  }) => {
    const lab = await raised('i4a', onTestFinished);
    expect(await lab.symptom()).toBe(true);
    const [before, clean] = [await lab.nodeState(NODE), await leftOn(lab, NODE)];
    const { state, attached } = await tell(lab, { node: NODE, symptom: SYMPTOM }).ending();

    expect(codes(state)).toEqual(['eni-pod-request-dropped']);
    const [finding] = state.findings;
    expect(finding).toMatchObject({
      confidence: 'proven',
      facts: { eni: 'eth1', uplink: 'eth0', pods: podsOn('eth1') },
    });
    expect(finding?.proof).toContain('dropped 7 packets');
    expect(state.questions).toHaveLength(1);
    for (const row of finding?.evidence ?? []) await saysTheSame(lab, row);
    expect(finding?.evidence.map(({ subject }) => subject.line)).toContain(
      '1536:\tfrom 172.31.56.137 to 172.31.0.0/16 lookup 2',
    );

    expect(state.watched?.sent).toMatchObject({ node: 'ip-10-20-0-10', port: 8080, count: 14, answered: 0 });
    expect(podsOn('eth1')).toContain(state.watched?.sent.to);
    expect(state.watched?.story.points.map(({ device }) => device).slice(0, 2)).toEqual(['eth1', 'eth0']);
    expect(state.watched?.story).toMatchObject({ fate: 'not-forwarded', requestsAt: [14, 0, 0], answersAt: [0, 0, 0] });
    expect(state.watched?.counters).toMatchObject([
      { counter: 'TcpExtIPReversePathFilter', rounds: [7, 7], quiet: 0, verdict: 'exact' },
    ]);
    expect(attached.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['capture-eth0.pcap', 'capture-eth1.pcap']),
    );

    expect(state.offers, 'loosening eth1 lets the SYN in and loses the answer').toEqual([]);
    expect(state.outcome).toBe('advice');
    const told = JSON.stringify(state.telling);
    expect(told).toContain('set env daemonset/aws-node AWS_VPC_K8S_CNI_EXTERNALSNAT=true');
    expect(told).toContain('rp_filter=2 on eth1 alone does not help');
    expect(told).toContain('the socket that it mounts is the right one on this node');
    expect(difference(before, await lab.nodeState(NODE)), 'looking at a node changes nothing').toEqual([]);
    await clears(lab, NODE, clean);

    await lab.fix();
    const again = await tell(lab, { node: NODE, symptom: SYMPTOM }).ending();
    expect(codes(again.state)).toEqual([]);
    expect(again.state.outcome).toBe('nothing-found');
  });

  test.concurrent('i4a, with eth1 loosened by somebody: the answers leave eth0 and are lost', async ({
    onTestFinished,
  }) => {
    const lab = await raised('i4a', onTestFinished);
    await lab.exec(NODE, ['sysctl', '-w', 'net.ipv4.conf.eth1.rp_filter=2']);
    const { state } = await tell(lab, { node: NODE, symptom: SYMPTOM }).ending();
    expect(codes(state)).toEqual(['eni-pod-reply-leaves-uplink']);
    expect(state.findings[0]).toMatchObject({ confidence: 'proven' });
    expect(state.watched?.story.fate).toBe('answered-elsewhere');
    expect(state.offers).toEqual([]);
  });

  test.concurrent('i4a, where aws-node mounts another runtime: rolling it is warned of', async ({ onTestFinished }) => {
    const lab = await raised('i4a', onTestFinished);
    lab.changeCluster((state) => ({
      ...state,
      objects: JSON.parse(
        JSON.stringify(state.objects).replaceAll('/var/run/dockershim.sock', '/run/containerd/containerd.sock'),
      ),
    }));
    const { state } = await tell(lab, { node: NODE, symptom: SYMPTOM }).ending();
    expect(codes(state)).toContain('eni-pod-request-dropped');
    expect(codes(state)).toContain('ipamd-cannot-see-containers');
    expect(JSON.stringify(state.telling)).toContain('Before aws-node is rolled: do not roll it yet.');
  });

  test.concurrent('i4b: the uplink drops what a NodePort leads to them, and is loosened', async ({
    onTestFinished,
  }) => {
    const lab = await raised('i4b', onTestFinished);
    expect(await lab.symptom()).toBe(true);
    const [before, clean] = [await lab.nodeState(NODE), await leftOn(lab, NODE)];
    const told = tell(lab, { node: NODE, symptom: SYMPTOM, approve: 'A' });

    const offered = await told.offered();
    expect(codes(offered)).toEqual(['node-port-dropped-by-strict-rpf']);
    const [finding] = offered.findings;
    expect(finding).toMatchObject({ confidence: 'proven', facts: { uplink: 'eth0', eni: 'eth1', sendPort: '30080' } });
    expect(offered.questions).toHaveLength(1);
    for (const row of finding?.evidence ?? []) await saysTheSame(lab, row);
    const { sent, counters } = offered.watched ?? {};
    expect(sent).toMatchObject({ to: '172.31.53.61', port: 30_080, count: 14 });
    expect(sent?.answered).toBeGreaterThan(0);
    const dropped = counters?.find(({ counter }) => counter === 'TcpExtIPReversePathFilter');
    const lost = sent?.rounds?.map(({ count, answered }) => count - answered);
    expect(dropped, 'every SYN without an answer was counted').toMatchObject({ rounds: lost, quiet: 0 });
    const { plan } = waitingOffer(offered, 'A');
    expect(nodeCommands(plan.steps).map(({ argv }) => argv.join(' '))).toEqual([
      'sysctl -w net/ipv4/conf/eth0/rp_filter=2',
    ]);
    expect(nodeCommands(plan.undo).map(({ argv }) => argv.join(' '))).toEqual([
      'sysctl -w net/ipv4/conf/eth0/rp_filter=1',
    ]);
    expect(plan.risk).toBe(1);
    expect(plan.durable.join(' ')).toContain('/etc/sysctl.d/90-hardening.conf:2');
    expect(difference(before, await lab.nodeState(NODE)), 'looking at a node changes nothing').toEqual([]);

    told.approve();
    const { state } = await told.ending();
    expect(state.troubles).toEqual([]);
    expect(state.outcome).toBe('repaired');
    expect(state.change?.seen).toContain('7 of 7');
    expect(await ledgerOf(lab, NODE)).toEqual([{ fix: plan.id, state: 'confirmed' }]);
    expect(difference(before, await lab.nodeState(NODE)).toSorted()).toEqual([
      '+net.ipv4.conf.eth0.rp_filter = 2',
      '-net.ipv4.conf.eth0.rp_filter = 1',
    ]);
    expect(await nodePortOpens(lab)).toBe(9);
    await clears(lab, NODE, clean);
  });

  test.concurrent.for(['i4a', 'i4b'])('the healthy twin of %s has no finding', async (name, { onTestFinished }) => {
    const lab = await raised(name, onTestFinished, true);
    const before = await lab.nodeState(NODE);
    for (const symptom of [SYMPTOM, 'pods-unreachable']) {
      const { state } = await tell(lab, { node: NODE, symptom }).ending();
      expect(codes(state)).toEqual([]);
      expect(state.offers).toEqual([]);
      expect(state.outcome).toBe('nothing-found');
    }
    expect(difference(before, await lab.nodeState(NODE))).toEqual([]);
  });

  test.concurrent.for([
    ['i1', 'ip-10-0-10-207'],
    ['i3', 'dev-slave-110'],
  ] as const)('the healthy twin of %s, reported for timeouts, has no finding', async ([name, node], context) => {
    const lab = await raised(name, context.onTestFinished, true);
    const { state } = await tell(lab, { node, symptom: SYMPTOM }).ending();
    expect(codes(state)).toEqual([]);
    expect(state.outcome).toBe('nothing-found');
  });
});
