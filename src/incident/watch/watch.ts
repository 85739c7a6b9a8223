import { ask, readingsOf } from '../../check/check.ts';
import type { Readings, Target } from '../../check/check.ts';
import { KUBELET_PORT } from '../../check/kubelet-listens.ts';
import { uplink } from '../../check/uplink.ts';
import { nodeInRole } from '../../model/index.ts';
import type { Bound, CapturePoint, IncidentState, Question, StimulusPlan, WatchPlan } from '../../model/index.ts';
import { ipAddr, ipLink, ipRouteGet } from '../../probe/index.ts';
import { icmpEcho, stimulusById } from '../../stimulus/index.ts';
import type { Stimulus } from '../../stimulus/index.ts';
import { DNS_PORT, dnsQuestions, dnsWay, LOOKUPS } from './watch-dns.ts';
import { SERVICE_QUESTIONS, serviceTarget } from './watch-service.ts';
import type { ServiceTarget } from './watch-service.ts';
import { ENCAPSULATED, lostAnswersFrom, tunnelPoints, tunnelTo } from './watch-tunnel.ts';

/** Few enough to be harmless, enough that a coincidence of counters is out of the question. */
const COUNT = 7;
/** Headers of every protocol decoded fit into 96 bytes; payload is never wanted. */
export const LIMITS = { seconds: 15, packets: 1000, bytes: 1_000_000, snap: 96 };

/** What to send and where to watch for it, or one sentence why nothing can be provoked. */
export type Watch = { readonly stimulus: StimulusPlan; readonly watch: WatchPlan } | { readonly unfit: string };

/** What has to be known of the node before packets to this target can be watched. */
export function questionsFor(state: IncidentState, target: Target): readonly Question[] {
  if (target === 'service') return SERVICE_QUESTIONS;
  if (target === 'dns') return dnsQuestions(state);
  const to = target === 'pod' ? state.bound?.subject.pods[0]?.address : null;
  return to === undefined || to === null ? [] : [ask('subject', ipRouteGet, { to })];
}

/** Plans the symptom's own stimulus with captures at the points where it should come in and where its answer may leave. */
export function watchFor(state: IncidentState, prove: { readonly stimulus: string; readonly target: Target }): Watch {
  const { bound } = state;
  if (bound === null || bound.farEnd === null)
    return { unfit: 'The other end of the failing traffic is not known, so nothing was sent.' };
  const from = bound.farEnd.sender !== null ? 'farEnd' : 'peer';
  if (from === 'peer' && bound.peer === null) {
    return { unfit: `No second node is there to send from, so no packets to ${bound.subject.name} were counted.` };
  }
  const readings = readingsOf(state.answers);
  const here = uplink(bound, readings, 'subject');
  if (!here.known)
    return {
      unfit: `Where packets come in on ${bound.subject.name} is not known (${here.detail}), so none were counted.`,
    };
  const point = (device: string): CapturePoint => ({ role: 'subject', node: bound.subject.name, device });
  const kind = stimulusById(prove.stimulus);
  if (kind === null) return { unfit: `This netdiag knows no stimulus called ${prove.stimulus}.` };
  const plan = (stimulus: StimulusPlan, devices: readonly string[]): Watch => ({
    stimulus,
    watch: { points: devices.map(point), filter: kind.filter(stimulus), limits: LIMITS },
  });
  if (prove.target === 'dns') return dnsWatch(state, bound.subject.name, kind);
  if (prove.target !== 'pod') {
    const target = tcpTarget(state, prove.target);
    if (target === null)
      return state.watches.length === 0
        ? watchFor(state, { stimulus: icmpEcho.id, target: 'pod' })
        : { unfit: 'No service leads to a pod of this node.' };
    const { to, port, devices } = target;
    return plan({ stimulus: prove.stimulus, from, to, port, count: COUNT }, devices);
  }
  const pod = bound.subject.pods[0]?.address;
  if (pod === undefined || pod === null)
    return { unfit: `No pod on ${bound.subject.name} has an address of its own to send to.` };
  const way = readings.of('subject', ipRouteGet, { to: pod });
  const device = way?.known === true ? way.value.device : null;
  if (device === null)
    return { unfit: `Which interface leads to pod ${pod} is not known, so no packets were counted.` };
  const stimulus = { stimulus: prove.stimulus, from, to: pod, count: COUNT } as const;
  const sender = nodeInRole(bound, from);
  const tunnel = tunnelTo(readings, sender);
  if (tunnel === null || sender === null || device === tunnel.device)
    return plan(stimulus, [...new Set([here.value.device, device])]);
  const encapsulated = (sent: StimulusPlan, at: string | null): Watch => ({
    stimulus: sent,
    watch: {
      points: tunnelPoints(bound.subject.name, tunnel, sender, { uplink: here.value.device, pod: at }),
      filter: kind.filter(sent),
      limits: { ...LIMITS, ...ENCAPSULATED },
    },
  });
  const far = lostAnswersFrom(state);
  return far === null ? encapsulated(stimulus, device) : encapsulated({ ...stimulus, from: 'subject', to: far }, null);
}

/** The node itself asks the cluster DNS, as its pods would; what leaves it goes to a pod on another node already. */
function dnsWatch(state: IncidentState, node: string, kind: Stimulus): Watch {
  const way = dnsWay(state);
  if (way === null || way.name === null)
    return { unfit: `The way from ${node} to the cluster DNS on another node is not known, so no name was looked up.` };
  const { service, name, outer } = way;
  const stimulus = { stimulus: kind.id, from: 'subject', to: service, port: DNS_PORT, name, count: COUNT } as const;
  const points: CapturePoint[] = [{ role: 'subject', node, device: outer }];
  return { stimulus, watch: { points, filter: kind.filter(stimulus), limits: { ...LIMITS, ...LOOKUPS } } };
}

/** Where TCP to the kubelet, or to a pod behind a service, goes, and which devices of the subject it may pass; `null`: not known. */
export function tcpTarget(state: IncidentState, target: 'kubelet' | 'service'): ServiceTarget | null {
  const { bound } = state;
  const readings = readingsOf(state.answers);
  const here = bound === null ? null : uplink(bound, readings, 'subject');
  if (bound === null || here === null || !here.known) return null;
  const { device } = here.value;
  if (target === 'service') return serviceTarget(state, readings, device);
  return {
    to: bound.subject.address,
    port: KUBELET_PORT,
    devices: [device, ...otherDevices(bound, readings, device)],
  };
}

/** The device by which replies leave if it is another one; else another device in the node's own subnet; at most one. */
function otherDevices(bound: Bound, readings: Readings, here: string): string[] {
  const back = readings.of('subject', ipRouteGet, { to: bound.farEnd?.address ?? '', from: bound.subject.address });
  const leaves = back?.known === true ? back.value.device : null;
  if (leaves !== null && leaves !== here) return [leaves];
  const held = readings.of('subject', ipAddr, {});
  const links = readings.of('subject', ipLink, {});
  if (held?.known !== true || links?.known !== true) return [];
  const mine = bound.subject.addresses;
  const up = new Set(
    links.value.links.filter((link) => link.up && link.lowerUp && link.parent === null).map((link) => link.device),
  );
  const others = held.value.addresses.filter(
    ({ device, family, scope }) => family === 4 && scope === 'global' && device !== here && up.has(device),
  );
  const known = others.find(({ address }) => mine.includes(address)) ?? others[0];
  return known === undefined ? [] : [known.device];
}
