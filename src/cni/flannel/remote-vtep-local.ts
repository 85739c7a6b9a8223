// Flannel reaches each other node through that node's VTEP, the first address of its pod range. Where table local has that address,
// what comes from it is dropped as coming from ourselves (fib_validate_source), and what goes to it never leaves. A node's own VTEP
// is in table local rightly, on the tunnel. https://docs.kernel.org/networking/ip-sysctl.html (accept_local), seen on 6.18.
import { ask, evidence, lineOf, unknown } from '../../check/check.ts';
import type { Check, Proof, Readings } from '../../check/check.ts';
import { countedBy } from '../../check/counted.ts';
import type { Bound, Evidence, Finding, Line, Question, Verdict, Watched } from '../../model/index.ts';
import { ipAddr, ipRoute, ipRouteAll, ipRouteGet } from '../../probe/index.ts';
import type { Params } from '../../probe/probe.ts';
import type { Route } from '../../probe/text/route.ts';
import { encapsulates, vtepOf } from './announced.ts';

const CODE = 'remote-vtep-is-local';
const TUNNEL = /^flannel\.\d{1,8}$/;
/** Addresses looked up one by one; more than that captured at once need no further proof. */
const LOOKUPS = 4;

export const remoteVtepLocal: Check = {
  id: 'remote-vtep-local',
  cni: 'flannel',
  suspect: "another node's tunnel address may be taken for our own",
  ruledOut: "other nodes' tunnel addresses are reached by the tunnel",
  codes: [CODE],
  shows: ['pod'],
  needs,
  judge,
  prove,
};

/** The VTEPs of other nodes as the routes name them, and the peer's. */
function remote(bound: Bound, routes: readonly Route[]): string[] {
  const ways = routes.filter(({ via, device }) => via !== null && device !== null && TUNNEL.test(device));
  return [...new Set([vtepOf(bound.peer), ...ways.map(({ via }) => via)])].filter((address) => address !== null);
}

/** Those of them that table local has. */
function captured(addresses: readonly string[], routes: readonly Route[]): string[] {
  const local = new Set(
    routes.filter(({ type, table }) => type === 'local' && table === 'local').map(({ destination }) => destination),
  );
  return addresses.filter((address) => local.has(address)).slice(0, LOOKUPS);
}

/** A packet from a VTEP to a pod here, as it comes out of the tunnel. */
function arriving(pod: string, from: string, device: string): Params {
  return { to: pod, from, iif: device };
}

function needs(bound: Bound, readings: Readings): readonly Question[] {
  const questions: Question[] = [
    ask('subject', ipAddr, {}),
    ask('subject', ipRoute, {}),
    ask('subject', ipRouteAll, {}),
  ];
  const there = vtepOf(bound.peer);
  const here = vtepOf(bound.subject);
  if (there !== null) questions.push(ask('subject', ipRouteGet, { to: there }));
  if (bound.peer !== null && here !== null) questions.push(ask('peer', ipRouteGet, { to: here }));
  const routes = readings.of('subject', ipRoute, {});
  const all = readings.of('subject', ipRouteAll, {});
  if (routes?.known !== true || all?.known !== true) return questions;
  const device = tunnel(routes.value.routes);
  const pod = bound.subject.pods[0]?.address ?? null;
  for (const address of captured(remote(bound, routes.value.routes), all.value.routes)) {
    questions.push(ask('subject', ipRouteGet, { to: address }));
    if (device !== null && pod !== null) questions.push(ask('subject', ipRouteGet, arriving(pod, address, device)));
  }
  const peerPod = bound.peer?.pods[0]?.address ?? null;
  if (questions.length > 5 && device !== null && peerPod !== null && here !== null)
    questions.push(ask('peer', ipRouteGet, arriving(peerPod, here, device)));
  return questions;
}

/** The tunnel that other nodes are reached by. */
function tunnel(routes: readonly Route[]): string | null {
  return routes.find(({ via, device }) => via !== null && device !== null && TUNNEL.test(device))?.device ?? null;
}

function judge(bound: Bound, readings: Readings): Verdict {
  const id = 'remote-vtep-local';
  if (encapsulates(bound.subject.facts) === false) return { is: 'clear', because: 'flannel does not encapsulate here' };
  const held = readings.of('subject', ipAddr, {});
  if (held === null || !held.known) return unknown(id, bound, 'subject', held, "the node's addresses");
  const routes = readings.of('subject', ipRoute, {});
  if (routes === null || !routes.known) return unknown(id, bound, 'subject', routes, 'the routes');
  const all = readings.of('subject', ipRouteAll, {});
  if (all === null || !all.known) return unknown(id, bound, 'subject', all, 'the routes of all tables');
  const ours = new Set(held.value.addresses.map(({ address }) => address));
  const there = vtepOf(bound.peer);
  const foreign = remote(bound, routes.value.routes).filter((address) => !ours.has(address));
  if (foreign.length === 0)
    return unknown(id, bound, 'subject', null, "other nodes' tunnel addresses: no route names one");
  const suspects = [
    ...new Set([...captured(foreign, all.value.routes), ...(there !== null && foreign.includes(there) ? [there] : [])]),
  ];
  const stolen: string[] = [];
  for (const address of suspects) {
    const way = readings.of('subject', ipRouteGet, { to: address });
    if (way === null || !way.known)
      return unknown(id, bound, 'subject', way, `the way to the tunnel address ${address}`);
    if (way.value.kind === 'local') stolen.push(address);
  }
  if (stolen.length === 0)
    return { is: 'clear', because: `none of ${foreign.length} tunnel addresses of other nodes is local here` };
  return { is: 'found', findings: [finding(bound, readings, stolen, tunnel(routes.value.routes))] };
}

function finding(bound: Bound, readings: Readings, stolen: readonly string[], device: string | null): Finding {
  const first = stolen[0] ?? '';
  const owner = first === vtepOf(bound.peer) && bound.peer !== null ? bound.peer.name : 'another node';
  const others = stolen.length > 1 ? ` The same holds for ${stolen.slice(1).join(', ')}.` : '';
  return {
    code: CODE,
    statement: `This node takes ${first}, the tunnel address of ${owner}, for one of its own: what ${owner} itself sends to pods here is dropped as if it came from ourselves.${others}`,
    confidence: 'likely',
    evidence: proof(bound, readings, stolen, device),
    facts: { addresses: stolen, device: device ?? '' },
    residue: [],
  };
}

function proof(bound: Bound, readings: Readings, stolen: readonly string[], device: string | null): Evidence[] {
  const line = (role: 'subject' | 'peer', params: Params): Line | null => {
    const reading = readings.of(role, ipRouteGet, params);
    const answer = readings.answer(role, ipRouteGet, params);
    return reading?.known === true && answer !== null ? lineOf(answer, reading.value.line) : null;
  };
  const here = vtepOf(bound.subject);
  const pod = bound.subject.pods[0]?.address ?? null;
  const peerPod = bound.peer?.pods[0]?.address ?? null;
  const rows: Evidence[] = [];
  for (const address of stolen) {
    const way = line('subject', { to: address });
    if (way !== null)
      rows.push(
        evidence("way to another node's tunnel address", way, here === null ? null : line('peer', { to: here })),
      );
    const back = pod === null || device === null ? null : line('subject', arriving(pod, address, device));
    const healthy =
      peerPod === null || here === null || device === null ? null : line('peer', arriving(peerPod, here, device));
    if (back !== null)
      rows.push(evidence('what the kernel does with a packet from there to a pod here', back, healthy));
  }
  return rows;
}

function prove({ facts }: Finding, { story, sent, counters }: Watched): Proof {
  const foreign = countedBy({ sent, counters }, `otherhost of ${String(facts['device'])}`);
  const stolen = facts['addresses'] ?? [];
  const from = story.ladder.find(({ source }) => stolen.includes(source))?.source;
  if (story.fate === 'answered') {
    if (from === undefined)
      return { says: 'open', sentence: `The marked packets came from elsewhere: all ${sent.count} were answered.` };
    return {
      says: 'refuted',
      sentence: `All ${sent.count} marked packets were answered, so nothing is lost this way.`,
    };
  }
  if (story.fate === 'not-forwarded' && from !== undefined && foreign.is === 'still') {
    return {
      says: 'proven',
      sentence: `The marked packets came out of the tunnel from ${from} and went no further, and ${String(facts['device'])} counted none of them as somebody else's.`,
    };
  }
  return {
    says: 'open',
    sentence: foreign.sentence || 'The marked packets failed, but not in the way this cause would make them fail.',
  };
}
