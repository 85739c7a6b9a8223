// Other nodes address inner frames to the VtepMAC that a node's annotation announces. A frame whose MAC is not the device's own
// is PACKET_OTHERHOST, and the kernel drops it before IP, counting it as `otherhost` only (flannel v0.27, Linux 6.18):
// https://github.com/flannel-io/flannel/blob/v0.27.4/pkg/backend/vxlan/vxlan_network.go
// https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/net/ipv4/ip_input.c?h=v6.18 (ip_rcv_core)
import { ask, evidence, lineOf, unknown } from '../../check/check.ts';
import type { Check, Proof, Readings } from '../../check/check.ts';
import { clusterDns } from '../../check/cluster-dns.ts';
import type { ClusterDns } from '../../check/cluster-dns.ts';
import { countedBy } from '../../check/counted.ts';
import type { Bound, Evidence, Finding, Line, NodeRole, Question, Verdict, Watched } from '../../model/index.ts';
import { nodeInRole } from '../../model/index.ts';
import { ipLink, ipNeigh, iptablesNat, kubeletConfig, vxlanLink } from '../../probe/index.ts';
import type { VxlanLink } from '../../probe/vxlan-link.ts';
import { annotationCommand, announced, encapsulates, vtepOf } from './announced.ts';

const STALE = 'vtep-mac-not-announced';
const MISSING = 'vtep-missing';
/** What flannel makes different on each node. */
const OWN_MAC = 'each node has a MAC of its own, which has to be the one that it announces';

export const vtepMac: Check = {
  id: 'vtep-mac',
  cni: 'flannel',
  suspect: 'frames may be addressed to a MAC that the tunnel no longer has',
  ruledOut: 'the tunnel has the MAC that other nodes send to',
  codes: [STALE, MISSING],
  shows: ['pod', 'dns'],
  needs: (bound: Bound, readings: Readings): readonly Question[] => [
    ask('subject', vxlanLink, {}),
    ask('subject', ipLink, {}),
    ...(bound.peer === null ? [] : [ask('peer', ipLink, {}), ask('peer', ipNeigh, {})]),
    ...(strayed(bound, readings)
      ? (['subject', 'peer'] as const).flatMap((role) =>
          nodeInRole(bound, role) === null ? [] : [ask(role, kubeletConfig, {}), ask(role, iptablesNat, {})],
        )
      : []),
  ],
  judge,
  prove,
};

function judge(bound: Bound, readings: Readings): Verdict {
  const { facts, name } = bound.subject;
  if (encapsulates(facts) === false) return { is: 'clear', because: 'flannel does not encapsulate here' };
  const told = announced(facts);
  if (!told.known) return unknown('vtep-mac', bound, 'subject', told, 'what this node announces to the others');
  const links = readings.of('subject', vxlanLink, {});
  const answer = readings.answer('subject', vxlanLink, {});
  if (links === null || !links.known || answer === null)
    return unknown('vtep-mac', bound, 'subject', links, 'the VXLAN devices');
  const { vni, mac } = told.value;
  const device = `flannel.${vni}`;
  const link = deviceOf(links.value.links, vni);
  if (link === undefined || !link.up) {
    const row = evidence(`the device ${device}`, lineOf(answer, link?.line), shown(readings, 'peer', device));
    const state = link === undefined ? `has no ${device}` : `has ${device} switched off`;
    const statement = `${name} ${state}: nothing from another node's pods reaches its own, and nothing from here reaches theirs.`;
    return {
      is: 'found',
      findings: [finding(MISSING, statement, [row], { device, node: name, namespace: namespaceOf(bound) })],
    };
  }
  if (link.mac.toLowerCase() === mac) return { is: 'clear', because: `${device} has the announced MAC ${mac}` };
  const dns = clusterDns(readings);
  const asked = dns === null ? null : elsewhere(bound, dns);
  const statement = `Everything that other nodes send into the tunnel to ${name} is dropped on arrival: they address it to ${mac}, which ${name} announces, but ${device} has ${link.mac}.${dns === null || asked === null ? '' : ` So no answer of the cluster DNS ${dns.service}${dns.domain === null ? '' : ` (${dns.domain})`} arrives from its pod ${asked}.`}`;
  const real = shown(readings, 'subject', device) ?? lineOf(answer, link.line);
  const used = sentTo(bound, readings);
  const rows = [
    evidence(`MAC of ${device}`, real, shown(readings, 'peer', device), OWN_MAC),
    ...(used === null ? [] : [evidence(`MAC of ${device} here, and the one that ${used.node} sends to`, real, used)]),
    evidence('MAC that the node announces', annotation(bound, 'subject'), annotated(bound), OWN_MAC),
    ...(asked === null ? [] : (dns?.evidence ?? [])),
  ];
  const lost = {
    device,
    announced: mac,
    actual: link.mac,
    node: name,
    namespace: namespaceOf(bound),
    answersLostFrom: asked !== null && onPeer(bound, asked) ? asked : (bound.peer?.pods[0]?.address ?? ''),
  };
  return { is: 'found', findings: [finding(STALE, statement, rows, lost)] };
}

/** Whether the tunnel has another MAC than is announced, as far as is known: only then the way to the cluster DNS is of interest. */
function strayed(bound: Bound, readings: Readings): boolean {
  const told = announced(bound.subject.facts);
  const links = readings.of('subject', vxlanLink, {});
  if (!told.known || links?.known !== true) return false;
  const link = deviceOf(links.value.links, told.value.vni);
  return link !== undefined && link.mac.toLowerCase() !== told.value.mac;
}

function deviceOf(links: readonly VxlanLink[], vni: number): VxlanLink | undefined {
  return links.find(({ device }) => device === `flannel.${vni}`);
}

/** A pod of the cluster DNS on another node, one of the peer's first; `null` where all of them run here. */
function elsewhere(bound: Bound, { pods }: ClusterDns): string | null {
  const here = new Set(bound.subject.pods.map(({ address }) => address));
  const away = pods.filter((pod) => !here.has(pod));
  return away.find((pod) => onPeer(bound, pod)) ?? away[0] ?? null;
}

function onPeer(bound: Bound, pod: string): boolean {
  return bound.peer?.pods.some(({ address }) => address === pod) === true;
}

function finding(code: string, statement: string, rows: readonly Evidence[], facts: Finding['facts']): Finding {
  return { code, statement, confidence: 'likely', evidence: rows, facts, residue: [] };
}

/** The shorter line that shows a device with its MAC; `null` where the node did not say it. */
function shown(readings: Readings, role: NodeRole, device: string): Line | null {
  const links = readings.of(role, ipLink, {});
  const answer = readings.answer(role, ipLink, {});
  const link = links?.known === true ? links.value.links.find((one) => one.device === device) : undefined;
  return link === undefined || answer === null ? null : lineOf(answer, link.line);
}

/** What the peer has for this node's VTEP; `null` where it did not say. */
function sentTo(bound: Bound, readings: Readings): Line | null {
  const neighbours = readings.of('peer', ipNeigh, {});
  const answer = readings.answer('peer', ipNeigh, {});
  const vtep = vtepOf(bound.subject);
  const found =
    neighbours?.known === true && vtep !== null
      ? neighbours.value.neighbours.find(({ address }) => address === vtep)
      : undefined;
  return found === undefined || answer === null ? null : lineOf(answer, found.line);
}

/** Where flannel runs: its older manifests had kube-system. */
function namespaceOf({ cni }: Bound): string {
  return cni.daemonSet?.split('/')[0] ?? 'kube-flannel';
}

function annotated(bound: Bound): Line | null {
  return bound.peer !== null && announced(bound.peer.facts).known ? annotation(bound, 'peer') : null;
}

/** What the API says; nobody asked the node for it. */
function annotation(bound: Bound, role: NodeRole): Line {
  const node = nodeInRole(bound, role) ?? bound.subject;
  const told = announced(node.facts);
  return {
    node: node.name,
    command: annotationCommand(node.name),
    line: told.known ? told.value.text : '(no output)',
    output: null,
  };
}

function prove({ code, facts }: Finding, { story, sent, counters }: Watched): Proof {
  if (story.fate === 'answered') {
    return {
      says: 'refuted',
      sentence: `All ${sent.count} marked packets were answered, so nothing is lost this way.`,
    };
  }
  const device = String(facts['device']);
  const foreign = countedBy({ sent, counters }, `otherhost of ${device}`);
  if (code === STALE && (foreign.is === 'exact' || foreign.is === 'consistent')) {
    return { says: 'proven', sentence: foreign.sentence };
  }
  const to = facts['announced'];
  const tunnel = story.points.findIndex((point) => point.device === device);
  const strayed = story.ladder.some(({ point, macTarget }) => point === tunnel && macTarget === to);
  const lost = story.fate === 'not-forwarded' || story.fate === 'answer-not-delivered';
  if (code === STALE && strayed && lost) {
    return {
      says: 'proven',
      sentence: `The captured frames came out of ${device} addressed to ${String(to)}, and the node took none of them.`,
    };
  }
  return {
    says: 'open',
    sentence: foreign.sentence || 'The marked packets failed, but not in the way this cause would make them fail.',
  };
}
