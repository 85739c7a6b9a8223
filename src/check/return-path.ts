// Linux routes a reply by its destination alone, so of two connected routes for one prefix the first one listed wins
// whatever interface the request came in on; RFC 3704 strict RPF (rp_filter=1) then drops the request on arrival.
// https://docs.kernel.org/networking/ip-sysctl.html (rp_filter), seen on 6.18.
import { contains, network } from './subnet.ts';
import type { Bound, Evidence, Finding, Line, Question, Verdict } from '../model/index.ts';
import { ipAddr, ipRoute, ipRouteGet, ipRoutePrefix, ipRule, sysctlIpv4 } from '../probe/index.ts';
import { ask, evidence, lineFrom, lineOf, unknown } from './check.ts';
import type { Check, Proof, Readings } from './check.ts';
import { countedBy } from './counted.ts';
import { rpfLine, rpfMode } from './rpf-mode.ts';
import { uplink } from './uplink.ts';

const ELSEWHERE = 'reply-leaves-other-interface';
const STRICT = 'request-dropped-by-strict-rpf';
const NO_WAY = 'no-way-back';

export const returnPath: Check = {
  id: 'return-path',
  suspect: 'replies may leave by another interface',
  ruledOut: 'replies leave by the interface that requests come in on',
  codes: [ELSEWHERE, STRICT, NO_WAY],
  shows: ['kubelet', 'service'],
  needs,
  judge,
  prove(finding, watched): Proof {
    const { story, sent } = watched;
    if (story.fate === 'answered') {
      return {
        says: 'refuted',
        sentence: `All ${sent.count} marked packets were answered, so this does no harm to this traffic now.`,
      };
    }
    if (finding.code === ELSEWHERE && story.fate === 'answered-elsewhere') {
      return {
        says: 'proven',
        sentence: 'Requests came in on one interface and their answers left by another.',
      };
    }
    const counter = COUNTER[finding.code];
    if (counter === undefined) return otherwise;
    const { is, sentence } = countedBy(watched, counter);
    if (is === 'still') return otherwise;
    return { says: is === 'ambiguous' ? 'open' : 'proven', sentence };
  },
};

/** Where the kernel counts what it drops for want of a way back. */
const COUNTER: Readonly<Record<string, string>> = {
  [STRICT]: 'TcpExtIPReversePathFilter',
  [NO_WAY]: 'IpOutNoRoutes',
};

const otherwise: Proof = {
  says: 'open',
  sentence: 'The marked packets failed, but not in the way this cause would make them fail.',
};

function needs(bound: Bound, readings: Readings): readonly Question[] {
  if (bound.farEnd === null)
    return [ask('subject', ipAddr, {}), ask('subject', sysctlIpv4, {}), ask('subject', ipRule, {})];
  const questions: Question[] = [
    ask('subject', ipAddr, {}),
    ask('subject', ipRoute, {}),
    ask('subject', ipRule, {}),
    ask('subject', sysctlIpv4, {}),
    ask('subject', ipRouteGet, { to: bound.farEnd.address, from: bound.subject.address }),
  ];
  const here = uplink(bound, readings, 'subject');
  if (here.known)
    questions.push(ask('subject', ipRoutePrefix, { prefix: network(bound.subject.address, here.value.prefix) }));
  if (bound.peer !== null) {
    questions.push(ask('peer', ipAddr, {}));
    questions.push(ask('peer', ipRouteGet, { to: peerDestination(bound), from: bound.peer.address }));
    if (here.known)
      questions.push(ask('peer', ipRoutePrefix, { prefix: network(bound.subject.address, here.value.prefix) }));
  }
  return questions;
}

/** Where the peer's own replies would go: the same far end, unless the peer is that far end. */
function peerDestination(bound: Bound): string {
  const farEnd = bound.farEnd?.address ?? bound.subject.address;
  return bound.peer?.addresses.includes(farEnd) === true ? bound.subject.address : farEnd;
}

function judge(bound: Bound, readings: Readings): Verdict {
  if (bound.farEnd === null)
    return unknown('return-path', bound, 'subject', null, 'the other end of the failing traffic is not known');
  const to = bound.farEnd.address;
  const here = uplink(bound, readings, 'subject');
  if (!here.known) return unknown('return-path', bound, 'subject', here, 'the interface that holds the node address');
  const params = { to, from: bound.subject.address };
  const back = readings.of('subject', ipRouteGet, params);
  const asked = readings.answer('subject', ipRouteGet, params);
  if (back === null || !back.known || asked === null)
    return unknown('return-path', bound, 'subject', back, `the way back to ${to}`);
  const device = back.value.device;
  if (device === null) return noWay(bound, readings, lineOf(asked, back.value.line));
  if (device === here.value.device)
    return { is: 'clear', because: `the way back to ${to} leaves by ${here.value.device}` };
  const prefix = network(bound.subject.address, here.value.prefix);
  const near = contains(prefix, to);
  if (!near && !contains(prefix, back.value.via ?? '')) {
    const detail = `from where requests of ${to} come in: the way back leads by ${device} through another network than the one of ${bound.subject.address}`;
    return unknown('return-path', bound, 'subject', null, detail);
  }

  const sysctls = readings.of('subject', sysctlIpv4, {});
  if (sysctls === null || !sysctls.known) return unknown('return-path', bound, 'subject', sysctls, 'the RPF mode');
  const mode = rpfMode(sysctls.value, here.value.device);
  if (mode === null) return unknown('return-path', bound, 'subject', null, `the RPF mode of ${here.value.device}`);
  const strict = mode === 'strict';
  return {
    is: 'found',
    findings: [finding(bound, readings, { to, device, uplink: here.value.device, prefix, strict, near })],
  };
}

/** The kernel refuses the lookup: answers to the far end leave by no interface at all. */
function noWay(bound: Bound, readings: Readings, way: Line): Verdict {
  const to = bound.farEnd?.address ?? '';
  const found: Finding = {
    code: NO_WAY,
    statement: `This node has no way back to ${to}: its kernel refuses every packet to it.`,
    confidence: 'likely',
    evidence: [evidence(`way back to ${to}`, way, peersWay(bound, readings))],
    facts: { to },
    residue: [],
  };
  return { is: 'found', findings: [found] };
}

interface Facts {
  readonly to: string;
  readonly device: string;
  readonly uplink: string;
  readonly prefix: string;
  readonly strict: boolean;
  /** The far end is in the node's own subnet, so a connected route decides. */
  readonly near: boolean;
}

function finding(bound: Bound, readings: Readings, facts: Facts): Finding {
  const { to, device, prefix, strict } = facts;
  return {
    code: strict ? STRICT : ELSEWHERE,
    statement: strict
      ? `Requests to ${bound.subject.address} are dropped the moment they arrive on ${facts.uplink}: the way back to ${to} is by ${device}, and ${facts.uplink} has strict reverse path filtering.`
      : `Replies from ${bound.subject.address} leave through the wrong interface. Requests reach ${facts.uplink}; every answer to ${to} leaves by ${device} with ${facts.uplink}'s address, and is lost on the way.`,
    confidence: 'likely',
    evidence: proof(bound, readings, facts),
    facts: { device, uplink: facts.uplink, prefix, to, near: facts.near ? 'yes' : 'no' },
    residue: [],
  };
}

function proof(bound: Bound, readings: Readings, facts: Facts): Evidence[] {
  const rows: Evidence[] = [];
  const params = { to: facts.to, from: bound.subject.address };
  const back = readings.answer('subject', ipRouteGet, params);
  const backLine = readings.of('subject', ipRouteGet, params);
  if (back !== null && backLine?.known === true) {
    rows.push(evidence(`way back to ${facts.to}`, lineOf(back, backLine.value.line), peersWay(bound, readings)));
  }
  const routes = readings.of('subject', ipRoutePrefix, { prefix: facts.prefix });
  const asked = readings.answer('subject', ipRoutePrefix, { prefix: facts.prefix });
  if (asked !== null && routes?.known === true) {
    const peer = readings.answer('peer', ipRoutePrefix, { prefix: facts.prefix });
    const peerRoutes = readings.of('peer', ipRoutePrefix, { prefix: facts.prefix });
    const same = peerRoutes?.known === true ? peerRoutes.value.routes : [];
    routes.value.routes.forEach((route, index) => {
      const order = `route ${index + 1} of ${routes.value.routes.length} for ${facts.prefix}, the first one wins`;
      const beside = same[index] ?? null;
      // A peer with fewer routes has nothing to show here, which is not the same as no output.
      const shown = peer !== null && (beside !== null || same.length === 0) ? lineOf(peer, beside?.line.trim()) : null;
      rows.push(evidence(order, lineOf(asked, route.line.trim()), shown));
    });
  }
  if (facts.strict) {
    const sysctl = readings.answer('subject', sysctlIpv4, {});
    const values = readings.of('subject', sysctlIpv4, {});
    const there = uplink(bound, readings, 'peer');
    const peer = there.known
      ? lineFrom(readings, 'peer', sysctlIpv4, {}, (peer) => rpfLine(peer, there.value.device))
      : null;
    if (sysctl !== null && values?.known === true) {
      rows.push(evidence(`RPF mode of ${facts.uplink}`, lineOf(sysctl, rpfLine(values.value, facts.uplink)), peer));
    }
  }
  return rows;
}

/** How the peer answers the same far end, with its own address. */
function peersWay(bound: Bound, readings: Readings): Line | null {
  const params = { to: peerDestination(bound), from: bound.peer?.address ?? '' };
  return lineFrom(readings, 'peer', ipRouteGet, params, ({ line }) => line);
}
