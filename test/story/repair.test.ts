import { describe, expect, test } from 'vitest';
import { nodeCommands } from '../../src/model/index.ts';
import type { Evidence, Line } from '../../src/model/index.ts';
import { type Lab, noLab, skipNote, startLab } from '../lab/index.ts';
import { clears, difference, leftOn, ledgerOf } from './node.ts';
import { packetsIn } from './pcap.ts';
import { tell, waitingOffer } from './tell.ts';

/** One incident, as people would tell it. */
interface Story {
  readonly lab: string;
  readonly node: string;
  readonly symptom: string;
  readonly fix: 'A' | 'B';
  /** Codes of the findings, the cause first. */
  readonly found: readonly string[];
  /** Remediations on offer, by letter. */
  readonly offered: readonly string[];
  /** What the approved fix runs. */
  readonly steps: readonly string[];
  /** How the node's state differs afterwards. */
  readonly changed: readonly string[];
  /** Address through which the change must be confirmed. */
  readonly door: string;
  /** Files in the thread, and whether packets are in them. */
  readonly captures: Readonly<Record<string, boolean>>;
  /** What the fix leaves broken, and the words in which its card says so. */
  readonly stillFails?: readonly string[];
  readonly warns?: string;
}

const I1 = {
  node: 'ip-10-0-10-207',
  symptom: 'kubelet-unreachable',
  fix: 'A',
  offered: ['delete-connected-route', 'route-by-source-address'],
  steps: ['ip -4 route del 10.0.10.0/24 dev eth1 proto kernel scope link src 10.0.10.190'],
  changed: ['-10.0.10.0/24 dev eth1 proto kernel scope link src 10.0.10.190'],
  door: '192.168.100.207',
  captures: { 'capture-eth0.pcap': true, 'capture-eth1.pcap': true },
} as const;
const I3 = { node: 'dev-slave-110', symptom: 'pods-unreachable', fix: 'A', door: '192.168.100.110' } as const;
const ELSEWHERE = ['reply-leaves-other-interface', 'outside-reply-leaves-other-interface'];

/** Writing ip_forward=1 flips these with it (https://docs.kernel.org/networking/ip-sysctl.html). */
const FLIPPED = [
  ['conf.all.accept_redirects', 1, 0],
  ['conf.all.forwarding', 0, 1],
  ['conf.default.forwarding', 0, 1],
  ['conf.eth0.forwarding', 0, 1],
  ['conf.lo.forwarding', 0, 1],
  ['conf.mgmt0.forwarding', 0, 1],
  ['ip_forward', 0, 1],
] as const;

const stories: readonly Story[] = [
  { ...I1, lab: 'i1', found: ELSEWHERE },
  {
    ...I1,
    lab: 'i1-strict',
    found: ['request-dropped-by-strict-rpf', 'outside-reply-leaves-other-interface'],
    captures: { 'capture-eth0.pcap': true, 'capture-eth1.pcap': false },
  },
  { ...I1, lab: 'i1-one-door', found: ELSEWHERE, door: '10.0.10.207' },
  {
    ...I1,
    lab: 'i1',
    fix: 'B',
    // Routing by source address cures what carries the node's own address; pods on eth0 answer with addresses of their own.
    stillFails: ['ip-10-0-10-115 -> pod web-6d4b9c7f5d-8xk2p (10.0.10.31): 0 of 2 echo requests answered'],
    warns: 'pods that answer with other addresses of eth0 are helped only by removing the other route',
    found: ELSEWHERE,
    steps: [
      'ip -4 route add 10.0.10.0/24 dev eth0 scope link src 10.0.10.207 table 207',
      'ip -4 route add default via 10.0.10.1 dev eth0 table 207',
      'ip -4 rule add from 10.0.10.207 lookup main suppress_prefixlength 24 priority 30207',
      'ip -4 rule add from 10.0.10.207 to 10.0.10.0/24 lookup 207 priority 30208',
      'ip -4 rule add from 10.0.10.207 lookup main suppress_prefixlength 0 priority 30209',
      'ip -4 rule add from 10.0.10.207 lookup 207 priority 30210',
    ],
    changed: [
      '+30207:\tfrom 10.0.10.207 lookup main suppress_prefixlength 24',
      '+30208:\tfrom 10.0.10.207 to 10.0.10.0/24 lookup 207',
      '+30209:\tfrom 10.0.10.207 lookup main suppress_prefixlength 0',
      '+30210:\tfrom 10.0.10.207 lookup 207',
      '+default via 10.0.10.1 dev eth0 table 207',
      '+10.0.10.0/24 dev eth0 table 207 scope link src 10.0.10.207',
    ],
  },
  {
    ...I3,
    lab: 'i3',
    found: ['forwarding-off'],
    offered: ['switch-forwarding-on'],
    steps: ['sysctl -w net/ipv4/ip_forward=1'],
    changed: [
      ...FLIPPED.map(([key, before]) => `-net.ipv4.${key} = ${before}`),
      ...FLIPPED.map(([key, , after]) => `+net.ipv4.${key} = ${after}`),
    ],
    captures: { 'capture-eth0.pcap': true, 'capture-calidc7f3a1b60c.pcap': false },
  },
  {
    ...I3,
    lab: 'i3-uplink',
    found: ['uplink-forwarding-off'],
    offered: ['switch-uplink-forwarding-on'],
    steps: ['sysctl -w net/ipv4/conf/eth0/forwarding=1'],
    changed: ['-net.ipv4.conf.eth0.forwarding = 0', '+net.ipv4.conf.eth0.forwarding = 1'],
    captures: { 'capture-eth0.pcap': true, 'capture-calidc7f3a1b60c.pcap': false },
  },
];

describe.skipIf(noLab)(`a sick node is diagnosed, repaired and left clean${skipNote}`, { timeout: 90_000 }, () => {
  test.concurrent.for(stories)('$lab, Fix $fix', async (story, { onTestFinished }) => {
    const { node, symptom, fix } = story;
    const lab = await startLab(story.lab, { prefix: 'repair', dialTimeoutMs: 2000 });
    onTestFinished(() => lab.down());
    const clean = await leftOn(lab, node);
    const [before, sick] = await Promise.all([lab.nodeState(node), lab.symptom()]);
    expect(sick).toBe(true);
    const told = tell(lab, { node, symptom, approve: fix });

    const offered = await told.offered();
    expect(offered.findings.map(({ code }) => code)).toEqual(story.found);
    expect(offered.findings[0]?.confidence).toBe('proven');
    expect(offered.offers.map(({ plan }) => plan.remediation)).toEqual(story.offered);
    const { plan } = waitingOffer(offered, fix);
    expect(nodeCommands(plan.steps).map(({ argv }) => argv.join(' '))).toEqual(story.steps);
    expect(plan.safety).toContain(story.warns ?? '');
    expect(plan.doors.confirmThrough).toEqual([story.door]);
    expect(difference(before, await lab.nodeState(node))).toEqual([]);
    const rows = offered.findings.flatMap(({ evidence }) => evidence);
    expect(rows.length).toBeGreaterThan(2);
    expect(await saidAgain(lab, rows)).toEqual(rows.flatMap(linesOf).map(({ line }) => line.trim()));

    told.approve();
    const { state, whispers, attached } = await told.ending();
    expect(state.troubles).toEqual([]);
    expect(state.outcome).toBe('repaired');
    expect(whispers).toEqual(['You started this incident, so someone else has to approve: @second or @third.']);
    expect(state.offers.find(({ plan }) => plan.id === state.change?.plan)?.decidedBy?.id).toBe('USECOND');
    expect(state.change?.door?.address).toBe(story.door);
    expect(await ledgerOf(lab, node)).toEqual([{ fix: plan.id, state: 'confirmed' }]);

    // The server's end of a connection that the change cut stays until its kernel gives up retransmitting.
    const cut = plan.doors.closes.includes(offered.looks.find(({ role }) => role === 'subject')?.door?.address ?? '');
    await clears(lab, node, clean, cut ? ['+sshd: root@notty'] : []);
    expect(difference(before, await lab.nodeState(node)).toSorted()).toEqual(story.changed.toSorted());
    expect(state.change?.entry?.difference.toSorted()).toEqual(
      story.changed.map((line) => line.replace('\t', ' ')).toSorted(),
    );
    expect(await whatStillFails(lab)).toEqual(story.stillFails ?? []);

    const pcaps = attached.filter(({ name }) => name.endsWith('.pcap'));
    const packets = pcaps.map(({ name, base64 }) => ({ name, kept: packetsIn(Buffer.from(base64, 'base64')) }));
    expect(packets.map(({ name, kept }) => [name, kept.length > 0])).toEqual(Object.entries(story.captures));
    expect(packets.flatMap(({ kept }) => kept).filter(({ payload }) => payload > 0)).toEqual([]);
  });
});

function linesOf({ subject, peer }: Evidence): Line[] {
  return peer === undefined ? [subject] : [subject, peer];
}

/** What whoever runs the commands of the evidence by hand reads: the very same line, or else everything that was said. */
async function saidAgain(lab: Lab, rows: readonly Evidence[]): Promise<string[]> {
  return Promise.all(
    rows.flatMap(linesOf).map(async ({ node, command, line }) => {
      const { stdout, stderr } = await lab.exec(node, ['sh', '-c', command]);
      const said = `${stdout}${stderr}`;
      const lines = said.split('\n').map((one) => one.trim());
      return lines.includes(line.trim()) ? line.trim() : `${command} on ${node}: ${said}`;
    }),
  );
}

/** What the incident broke and still fails, one line each. */
async function whatStillFails(lab: Lab): Promise<readonly string[]> {
  const { holds, lines } = await lab.observe('healthy');
  return holds ? [] : lines.filter((line) => /: (0 of|timed-out|refused)/.test(line));
}
