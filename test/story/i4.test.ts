import { describe, expect, test } from 'vitest';
import { nodeCommands } from '../../src/model/index.ts';
import type { Evidence, IncidentState } from '../../src/model/index.ts';
import { type Lab, noLab, skipNote, startLab } from '../lab/index.ts';
import { alwaysMounted } from '../lab/always-mounted.ts';
import { nodePortOpens } from '../lab/fault/eni-matrix.ts';
import { podsOn } from '../lab/topology/eni.ts';
import { clears, difference, leftOn, ledgerOf } from './node.ts';
import { tell, waitingOffer } from './tell.ts';

const NODE = 'ip-172-31-53-61';
const PEER = 'ip-172-31-52-10';
const SYMPTOM = 'connections-time-out';

async function raised(name: string, onTestFinished: (end: () => Promise<void>) => void): Promise<Lab> {
  const lab = await startLab(name, { prefix: 'i4', dialTimeoutMs: 2000 });
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
    const told = tell(lab, { node: NODE, symptom: SYMPTOM, approve: 'A' });
    const state = await told.offered();

    expect(codes(state)).toEqual(['eni-pod-request-dropped']);
    const [finding] = state.findings;
    expect(finding).toMatchObject({
      confidence: 'proven',
      facts: { eni: 'eth1', uplink: 'eth0', pods: podsOn('eth1') },
    });
    expect(finding?.proof).toMatch(/dropped 7 of our 7 packets .* twice/);
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
    const { plan } = waitingOffer(state);
    expect([plan.remediation, plan.risk]).toEqual(['route-replies-by-eni', 2]);
    expect(JSON.stringify(plan.steps), 'loosening eth1 lets the SYN in and loses the answer').not.toContain(
      'rp_filter',
    );
    expect(plan.rehearsal).toContain(
      '+spec.template.spec.containers[aws-node].env[AWS_VPC_K8S_CNI_EXTERNALSNAT].value: "true"',
    );
    expect(difference(before, await lab.nodeState(NODE)), 'looking at a node changes nothing').toEqual([]);
    await clears(lab, NODE, clean);

    told.approve();
    const { state: after, attached } = await told.ending();
    expect(after.troubles).toEqual([]);
    expect(after.outcome).toBe('repaired');
    expect(after.sweep).toMatchObject({ others: [{ node: PEER, says: 'found' }] });
    expect(Object.values(after.buttons)).toContainEqual({ means: 'start', node: PEER });
    expect(await lab.observe('healthy')).toMatchObject({ holds: true });
    expect(attached.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['capture-eth0.pcap', 'capture-eth1.pcap']),
    );
  });

  test.concurrent('i4a, where aws-node mounts another runtime: it is not rolled', async ({ onTestFinished }) => {
    const lab = await raised('i4a', onTestFinished);
    lab.changeCluster(alwaysMounted('kube-system/aws-node', 'dockershim', '/run/containerd/containerd.sock'));
    const { state } = await tell(lab, { node: NODE, symptom: SYMPTOM }).ending();
    expect(codes(state)).toEqual(['eni-pod-request-dropped', 'ipamd-cannot-see-containers']);
    expect(state.offers.map(({ plan }) => plan.remediation)).toEqual(['stop-eni-scale-in']);
    expect(state.troubles.join(' ')).toContain('a start of aws-node could free ENIs that pods use');
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
});
