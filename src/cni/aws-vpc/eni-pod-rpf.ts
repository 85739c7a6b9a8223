// The kernel's reverse path filter looks a packet's way back up by the policy rules, as from its target (RFC 3704). Before PR 1475 the
// CNI narrows the rule of a pod on a secondary ENI to the VPC's ranges, so a client outside is answered by the uplink; and a NodePort's
// packet, after DNAT, is answered by the pod's ENI: https://github.com/aws/amazon-vpc-cni-k8s/pull/1475, seen on 6.18.
import { ask, evidence, lineFrom, lineOf, unknown } from '../../check/check.ts';
import type { Check, Readings } from '../../check/check.ts';
import { BEYOND } from '../../check/outside-return-path.ts';
import { podWays, vethOf } from '../../check/pod-ways.ts';
import type { PodWay } from '../../check/pod-ways.ts';
import { rpfLine, rpfMode } from '../../check/rpf-mode.ts';
import { endpoints, nodePorts } from '../../check/service-ports.ts';
import type { NodePort } from '../../check/service-ports.ts';
import { uplink } from '../../check/uplink.ts';
import type { Bound, Evidence, Finding, NodeRole, Question, Verdict } from '../../model/index.ts';
import { nodeInRole } from '../../model/index.ts';
import {
  ipAddr,
  ipRouteAll,
  ipRouteGet,
  iptablesMangle,
  iptablesNat,
  ipRule,
  runtimeSockets,
  sysctlFiles,
  sysctlIpv4,
} from '../../probe/index.ts';
import { winner } from '../../probe/sysctl-files.ts';
import { proveEniPod } from './eni-pod-proof.ts';
import { asksRuntime, daemonSetFacts, mountTrouble } from './runtime-mount.ts';

const ID = 'eni-pod-rpf';
export const DROPPED = 'eni-pod-request-dropped';
export const ELSEWHERE = 'eni-pod-reply-leaves-uplink';
export const NODE_PORT = 'node-port-dropped-by-strict-rpf';
/** ENIs looked at: more than any instance type has. */
const MOST = 15;

export const eniPodRpf: Check = {
  id: 'eni-pod-rpf',
  cni: 'aws-vpc',
  suspect: 'clients may reach the pods of one ENI only',
  ruledOut: 'the way back from the pods of every ENI is the way in',
  codes: [DROPPED, ELSEWHERE, NODE_PORT],
  shows: ['service'],
  needs(bound: Bound, readings: Readings): readonly Question[] {
    const questions: Question[] = [
      ask('subject', ipAddr, {}),
      ask('subject', sysctlIpv4, {}),
      ask('subject', sysctlFiles, {}),
      ask('subject', ipRule, {}),
      ask('subject', ipRouteAll, {}),
    ];
    const ways = enis(readings);
    if (ways === null || ways.length === 0) return questions;
    for (const role of ['subject', 'peer'] as const) {
      const near = wayOfUplinkPod(bound, readings, role);
      if (near !== null) questions.push(ask(role, ipRouteGet, near));
    }
    const peers = (enis(readings, 'peer') ?? []).filter(({ device }) => ways.some((way) => way.device === device));
    questions.push(...peers.map((way) => ask('peer', ipRouteGet, wayBack(way))));
    questions.push(ask('subject', iptablesNat, {}), ...ways.map((way) => ask('subject', ipRouteGet, wayBack(way))));
    if (modeOf(readings, uplinkOf(bound, readings)) === 'strict') {
      questions.push(ask('subject', iptablesMangle, {}));
      if (bound.peer !== null) questions.push(ask('peer', iptablesNat, {}));
    }
    if (asksRuntime(bound.cni)) questions.push(ask('subject', runtimeSockets, {}));
    return questions;
  },
  judge,
  prove: proveEniPod,
};

/** Pods on secondary ENIs that are there, by ENI; `null` while rules or routes are not known. */
function enis(readings: Readings, role: NodeRole = 'subject'): (PodWay & { readonly device: string })[] | null {
  const rules = readings.of(role, ipRule, {});
  const routes = readings.of(role, ipRouteAll, {});
  if (rules?.known !== true || routes?.known !== true) return null;
  return podWays(rules.value.rules, routes.value.routes)
    .filter((way): way is PodWay & { device: string } => way.device !== null && way.pods.length > 0)
    .slice(0, MOST);
}

/** How the first pod of an ENI would answer a client outside: the same lookup that the reverse path filter makes. */
function wayBack(way: PodWay): Record<string, string> {
  const [pod] = way.pods;
  return { to: BEYOND, from: pod?.address ?? '', iif: pod?.veth ?? '' };
}

/** The same for a pod without a table of its own, which answers by the uplink; `null` where there is none. */
function wayOfUplinkPod(bound: Bound, readings: Readings, role: NodeRole): Record<string, string> | null {
  const routes = readings.of(role, ipRouteAll, {});
  const ruled = new Set((enis(readings, role) ?? []).flatMap(({ pods }) => pods.map(({ address }) => address)));
  if (routes?.known !== true) return null;
  for (const { address } of nodeInRole(bound, role)?.pods ?? []) {
    const veth = address === null || ruled.has(address) ? null : vethOf(address, routes.value.routes);
    if (address !== null && veth !== null) return { to: BEYOND, from: address, iif: veth };
  }
  return null;
}

function uplinkOf(bound: Bound, readings: Readings): string {
  const here = uplink(bound, readings, 'subject');
  return here.known ? here.value.device : '';
}

function modeOf(readings: Readings, device: string) {
  const sysctls = readings.of('subject', sysctlIpv4, {});
  return sysctls?.known === true ? rpfMode(sysctls.value, device) : null;
}

function judge(bound: Bound, readings: Readings): Verdict {
  const here = uplink(bound, readings, 'subject');
  if (!here.known) return unknown(ID, bound, 'subject', here, 'the interface that holds the node address');
  const sysctls = readings.of('subject', sysctlIpv4, {});
  if (sysctls === null || !sysctls.known) return unknown(ID, bound, 'subject', sysctls, 'the RPF modes');
  const rules = readings.of('subject', ipRule, {});
  if (rules === null || !rules.known) return unknown(ID, bound, 'subject', rules, 'the policy rules');
  const routes = readings.of('subject', ipRouteAll, {});
  if (routes === null || !routes.known) return unknown(ID, bound, 'subject', routes, 'the routes of all tables');
  const ways = (enis(readings) ?? []).filter(({ device }) => device !== here.value.device);
  if (ways.length === 0) return { is: 'clear', because: 'no pod of this node is on a secondary ENI' };
  const nat = readings.of('subject', iptablesNat, {});
  const uplinkMode = modeOf(readings, here.value.device);
  if (uplinkMode === null) return unknown(ID, bound, 'subject', null, `the RPF mode of ${here.value.device}`);
  const findings: Finding[] = [];
  for (const way of ways) {
    const back = readings.of('subject', ipRouteGet, wayBack(way));
    const mode = modeOf(readings, way.device);
    if (back === null || !back.known)
      return unknown(ID, bound, 'subject', back, `the way back from the pods on ${way.device}`);
    if (mode === null) return unknown(ID, bound, 'subject', null, `the RPF mode of ${way.device}`);
    const leaves = back.value.device ?? (forwards(sysctls.value, way) ? null : byRule(way, here.value.device));
    if (leaves === null)
      return unknown(ID, bound, 'subject', null, `the way back from the pods on ${way.device}: ${back.value.line}`);
    if (leaves === here.value.device) {
      findings.push(podFinding(bound, readings, { way, uplink: here.value.device, strict: mode === 'strict' }));
    } else if (uplinkMode === 'strict' && leaves === way.device) {
      if (nat === null || !nat.known) return unknown(ID, bound, 'subject', nat, 'which NodePorts lead to these pods');
      const port = nodePorts(nat.value).find(({ endpoints }) =>
        endpoints.some(({ address }) => way.pods.some((pod) => pod.address === address)),
      );
      if (port !== undefined) findings.push(portFinding(bound, readings, { way, uplink: here.value.device, port }));
    }
  }
  if (findings.length > 0) return { is: 'found', findings };
  const grouped = ways.map(({ device, pods }) => `${pods.length} on ${device}`).join(', ');
  return { is: 'clear', because: `pods on secondary ENIs: ${grouped}; their answers leave as their requests come in` };
}

/** Whether the kernel would take in a pod's packet to send it on; where it would not, it refuses every lookup of one that arrives. */
function forwards({ ipForward, devices }: ReturnType<typeof sysctlIpv4.parse>, { pods }: PodWay): boolean {
  const own = devices[pods[0]?.veth ?? '']?.['forwarding'];
  return own === undefined ? ipForward === 1 : own === '1';
}

/** The device by which a pod's rules alone send an answer to a client outside: their table's, or table main's where they cover the VPC. */
function byRule({ device, pods }: Case['way'], uplink: string): string {
  return pods[0]?.rules.some(({ to }) => to === null) === true ? device : uplink;
}

interface Case {
  readonly way: PodWay & { readonly device: string };
  readonly uplink: string;
}

function podFinding(bound: Bound, readings: Readings, { way, uplink, strict }: Case & { strict: boolean }): Finding {
  const { device, pods } = way;
  const range = pods[0]?.rules.find(({ to }) => to !== null)?.to ?? null;
  const nat = readings.of('subject', iptablesNat, {});
  const served = nat?.known === true ? endpoints(nat.value) : [];
  const target = served.find(({ address }) => pods.some((pod) => pod.address === address));
  const because = range === null ? 'For such clients ' : `Their rule covers ${range} alone, so for such clients `;
  const what = strict
    ? `the way back is ${uplink}, and ${device}, with strict reverse path filtering, drops the SYN on arrival`
    : `the answer leaves by ${uplink} with an address of ${device} and is lost on the way`;
  return {
    code: strict ? DROPPED : ELSEWHERE,
    statement: `Clients outside the VPC do not reach the ${pods.length} pods on ${device}, only those on ${uplink}. ${because}${what}.`,
    confidence: 'likely',
    evidence: matrix(bound, readings, { way, uplink }),
    facts: {
      eni: device,
      uplink,
      pods: pods.map(({ address }) => address),
      ...daemonSetFacts(bound.cni),
      first: beforeRolling(bound, readings),
      ...(target === undefined
        ? {}
        : { sendTo: target.address, sendPort: String(target.port), watchAt: watched(way, uplink, target.address) }),
    },
    residue: [],
  };
}

/** What rolling aws-node would do on this node, for a version that asks the container runtime which addresses are in use. */
function beforeRolling(bound: Bound, readings: Readings): string {
  if (!asksRuntime(bound.cni)) return 'this version asks no container runtime when it starts, so rolling frees no ENI.';
  const sockets = readings.of('subject', runtimeSockets, {});
  if (sockets?.known !== true)
    return 'do not roll it yet, for which sockets this node has could not be read, and a start without its runtime frees ENIs in use.';
  const trouble = mountTrouble(bound, sockets.value.paths);
  return trouble === null
    ? 'the socket that it mounts is the right one on this node; look at every other node too, for a start without its runtime frees ENIs in use.'
    : `do not roll it yet. ${trouble.sentence}, and a start without its runtime frees ENIs in use; correct that mount first.`;
}

/** Where requests come in, where answers may leave, and the pod's own device. */
function watched(way: Case['way'], uplink: string, pod: string): string[] {
  const veth = way.pods.find(({ address }) => address === pod)?.veth ?? null;
  return [way.device, uplink, ...(veth === null ? [] : [veth])];
}

function portFinding(
  bound: Bound,
  readings: Readings,
  { way, uplink, port }: Case & { readonly port: NodePort },
): Finding {
  const { device, pods } = way;
  const hit = port.endpoints.filter(({ address }) => pods.some((pod) => pod.address === address)).length;
  const key = `net/ipv4/conf/${uplink}/rp_filter`;
  const files = readings.of('subject', sysctlFiles, {});
  const wins = files?.known === true ? winner(files.value.settings, key) : null;
  const mangle = readings.of('subject', iptablesMangle, {});
  const answer = readings.answer('subject', iptablesNat, {});
  return {
    code: NODE_PORT,
    statement: `Connections to NodePort ${port.port} fail whenever they are led to one of the ${hit} pods on ${device}: the way back from those is ${device}, and ${uplink}, where the request comes in, has strict reverse path filtering.`,
    confidence: 'likely',
    evidence: [
      ...matrix(bound, readings, { way, uplink }),
      ...(answer === null
        ? []
        : [
            evidence(
              `NodePort that leads to ${hit} pods on ${device}`,
              lineOf(answer, port.line),
              lineFrom(
                readings,
                'peer',
                iptablesNat,
                {},
                (peer) => nodePorts(peer).find((one) => one.port === port.port)?.line,
              ),
            ),
          ]),
    ],
    facts: {
      eni: device,
      uplink,
      pods: pods.map(({ address }) => address),
      marked: mangle?.known === true && marks(mangle.value, uplink) && restoresByMark(readings) ? 'yes' : 'no',
      sendTo: bound.subject.address,
      sendPort: String(port.port),
      watchAt: [uplink, device],
      writers: wins === null ? [] : [`${wins.file}:${wins.line} ${wins.text.trim()}`],
    },
    residue: [],
  };
}

/** Connections that came in by the uplink are marked there and bear their mark again when the pod answers. */
function marks({ rules }: ReturnType<typeof iptablesMangle.parse>, uplink: string): boolean {
  const connmark = rules.filter(({ chain, target }) => chain === 'PREROUTING' && target === 'CONNMARK');
  return (
    connmark.some(({ words }) => words.includes(uplink) && words.includes('--set-xmark')) &&
    connmark.some(({ words }) => words.includes('--restore-mark'))
  );
}

function restoresByMark(readings: Readings): boolean {
  const rules = readings.of('subject', ipRule, {});
  return rules?.known === true && rules.value.rules.some(({ fwmark, table }) => fwmark !== null && table === 'main');
}

/** The pods by ENI: their way back, the rule that decides it, and the RPF mode of the interface of their requests. */
function matrix(bound: Bound, readings: Readings, { way, uplink }: Case): Evidence[] {
  const rows: Evidence[] = [];
  const back = readings.answer('subject', ipRouteGet, wayBack(way));
  const line = readings.of('subject', ipRouteGet, wayBack(way));
  const rules = readings.answer('subject', ipRule, {});
  const sysctls = readings.answer('subject', sysctlIpv4, {});
  const values = readings.of('subject', sysctlIpv4, {});
  const names = way.pods.map(({ address }) => address).join(', ');
  const peers = (enis(readings, 'peer') ?? []).find(({ device }) => device === way.device) ?? null;
  const told = line?.known === true && line.value.device !== null;
  if (!told) rows.push(...tableRow(readings, way));
  if (back !== null && line?.known === true && told)
    rows.push(
      evidence(
        `way back from the ${way.pods.length} pods on ${way.device} (${names})`,
        lineOf(back, line.value.line),
        peers === null ? null : lineFrom(readings, 'peer', ipRouteGet, wayBack(peers), (peer) => peer.line),
      ),
    );
  const near = wayOfUplinkPod(bound, readings, 'subject');
  const peersNear = wayOfUplinkPod(bound, readings, 'peer');
  const nearAnswer = near === null ? null : readings.answer('subject', ipRouteGet, near);
  const nearLine = near === null ? null : readings.of('subject', ipRouteGet, near);
  if (nearAnswer !== null && nearLine?.known === true && nearLine.value.device !== null)
    rows.push(
      evidence(
        `way back from a pod on ${uplink}`,
        lineOf(nearAnswer, nearLine.value.line),
        peersNear === null ? null : lineFrom(readings, 'peer', ipRouteGet, peersNear, (peer) => peer.line),
      ),
    );
  const rule = way.pods[0]?.rules[0];
  if (rules !== null && rule !== undefined)
    rows.push(
      evidence(
        `rule of a pod on ${way.device}`,
        lineOf(rules, rule.line),
        peers === null ? null : lineFrom(readings, 'peer', ipRule, {}, () => peers.pods[0]?.rules[0]?.line),
        'each pod on such an ENI has a rule of its own; what it covers counts',
      ),
    );
  if (sysctls !== null && values?.known === true) {
    for (const device of [way.device, uplink]) {
      rows.push(
        evidence(
          `RPF mode of ${device}`,
          lineOf(sysctls, rpfLine(values.value, device)),
          lineFrom(readings, 'peer', sysctlIpv4, {}, (peer) => rpfLine(peer, device)),
        ),
      );
    }
  }
  return rows;
}

/** The default route of the table that the pods' rules name, where no lookup tells of their way back. */
function tableRow(readings: Readings, { table, device }: PodWay): Evidence[] {
  const answer = readings.answer('subject', ipRouteAll, {});
  const routes = readings.of('subject', ipRouteAll, {});
  if (answer === null || routes?.known !== true) return [];
  const route = routes.value.routes.find((one) => one.table === table && one.destination === '0.0.0.0/0');
  return [evidence(`way out of table ${table}, by ${device}`, lineOf(answer, route?.line), null)];
}
