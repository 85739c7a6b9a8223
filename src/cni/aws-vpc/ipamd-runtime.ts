// Before 1.12 ipamd learns which addresses are in use from the container runtime: without it every pod is skipped, the pool looks
// unused, and the next scale-in gives a whole ENI back to the cloud with the addresses of running pods on it.
// https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.5.3/ipamd/ipamd.go (nodeInit, decreaseIPPool); since 1.12 it keeps its own record:
// https://github.com/aws/amazon-vpc-cni-k8s/releases/tag/v1.12.0
import { ask, evidence, lineFrom, lineOf, unknown } from '../../check/check.ts';
import type { Check, Proof, Readings } from '../../check/check.ts';
import { BEYOND } from '../../check/outside-return-path.ts';
import { podWays } from '../../check/pod-ways.ts';
import { endpoints } from '../../check/service-ports.ts';
import { uplink } from '../../check/uplink.ts';
import type { Bound, Evidence, Finding, Line, Question, Verdict, Watched } from '../../model/index.ts';
import { ipAddr, ipamdLog, ipRouteAll, ipRouteGet, iptablesNat, ipRule, runtimeSockets } from '../../probe/index.ts';
import type { Rule } from '../../probe/ip-rule.ts';
import { lastStart } from './ipamd-start.ts';
import type { IpamdStart } from './ipamd-start.ts';
import { asksRuntime, daemonSetFacts, keepsRecord, mountTrouble, RECORD } from './runtime-mount.ts';
import type { MountTrouble } from './runtime-mount.ts';

const ID = 'ipamd-runtime';
export const FREED = 'ipamd-freed-eni-in-use';
export const BLIND = 'ipamd-cannot-see-containers';
export const ORPHANED = 'pods-without-eni';
export const FORGETS = 'ipamd-record-not-kept';

export const ipamdRuntime: Check = {
  id: 'ipamd-runtime',
  cni: 'aws-vpc',
  suspect: 'the address manager may have freed an ENI that pods use',
  ruledOut: 'every pod has the ENI of its address, and the address manager sees the containers',
  codes: [FREED, BLIND, ORPHANED, FORGETS],
  shows: ['service'],
  needs(bound: Bound, readings: Readings): readonly Question[] {
    const questions = [ask('subject', ipAddr, {}), ask('subject', ipRule, {}), ask('subject', ipRouteAll, {})];
    if (asksRuntime(bound.cni)) questions.push(ask('subject', ipamdLog, {}), ask('subject', runtimeSockets, {}));
    const [orphan] = orphans(bound, readings);
    if (orphan !== undefined)
      questions.push(ask('subject', ipRouteGet, wayOut(bound, orphan)), ask('subject', iptablesNat, {}));
    if (bound.peer === null || (orphan === undefined && !sawNothing(readings))) return questions;
    const healthy = kept(readings);
    if (healthy !== null) questions.push(ask('peer', ipRouteGet, { ...healthy.way, to: bound.subject.address }));
    if (asksRuntime(bound.cni)) questions.push(ask('peer', ipamdLog, {}), ask('peer', runtimeSockets, {}));
    return questions;
  },
  judge,
  prove(finding, { sent, story }: Watched): Proof {
    if (sent.to !== finding.facts['sendTo'] || String(sent.port) !== finding.facts['sendPort'])
      return { says: 'open', sentence: 'The marked packets went elsewhere.' };
    if (sent.answered >= sent.count && sent.count > 0)
      return { says: 'refuted', sentence: `All ${sent.count} marked packets reached the pod and were answered.` };
    if (story.fate === 'never-arrived')
      return { says: 'proven', sentence: `None of ${sent.count} marked packets to ${sent.to} arrived at this node.` };
    return { says: 'open', sentence: 'The marked packets failed, but not for want of an ENI.' };
  },
};

/** A running pod whose rule leads to a table without a single route. */
interface Orphan {
  readonly address: string;
  readonly veth: string | null;
  readonly table: string;
  readonly rule: Rule;
}

function orphans(bound: Bound, readings: Readings): Orphan[] {
  const rules = readings.of('subject', ipRule, {});
  const routes = readings.of('subject', ipRouteAll, {});
  if (rules?.known !== true || routes?.known !== true) return [];
  const running = new Set(bound.subject.pods.map(({ address }) => address));
  return podWays(rules.value.rules, routes.value.routes)
    .filter(({ table }) => !routes.value.routes.some((route) => route.table === table))
    .flatMap(({ table, pods }) =>
      pods.flatMap(({ address, veth, rules: [rule] }) =>
        running.has(address) && rule !== undefined ? [{ address, veth, table, rule }] : [],
      ),
    );
}

/** Whether the address manager of the subject saw no container when it last started, as far as its log is known. */
function sawNothing(readings: Readings): boolean {
  const log = readings.of('subject', ipamdLog, {});
  return log?.known === true && lastStart(log.value.events).blind;
}

/** A pod of the peer that still has the ENI of its address; `null` where none is known. */
function kept(
  readings: Readings,
): { readonly rule: Rule; readonly way: { readonly from: string; readonly iif: string } } | null {
  const rules = readings.of('peer', ipRule, {});
  const routes = readings.of('peer', ipRouteAll, {});
  if (rules?.known !== true || routes?.known !== true) return null;
  const ways = podWays(rules.value.rules, routes.value.routes).filter(({ device }) => device !== null);
  const [pod] = ways.flatMap(({ pods }) => pods);
  const rule = pod?.rules[0];
  return pod === undefined || pod.veth === null || rule === undefined
    ? null
    : { rule, way: { from: pod.address, iif: pod.veth } };
}

/** How the orphan's packets to a neighbour leave now. */
function wayOut(bound: Bound, { address, veth }: Orphan): Record<string, string> {
  return { to: bound.peer?.address ?? bound.farEnd?.address ?? BEYOND, from: address, iif: veth ?? '' };
}

function judge(bound: Bound, readings: Readings): Verdict {
  const rules = readings.of('subject', ipRule, {});
  if (rules === null || !rules.known) return unknown(ID, bound, 'subject', rules, 'the policy rules');
  const routes = readings.of('subject', ipRouteAll, {});
  if (routes === null || !routes.known) return unknown(ID, bound, 'subject', routes, 'the routes of all tables');
  const lost = orphans(bound, readings);
  if (!asksRuntime(bound.cni)) {
    if (lost.length > 0) return { is: 'found', findings: [orphaned(bound, readings, lost)] };
    if (!keepsRecord(bound.cni)) return { is: 'found', findings: [forgets(bound)] };
    return { is: 'clear', because: `version ${bound.cni.version ?? ''} keeps its own record and asks no runtime` };
  }
  const log = readings.of('subject', ipamdLog, {});
  if (log === null || !log.known) return unknown(ID, bound, 'subject', log, 'what the address manager did');
  const sockets = readings.of('subject', runtimeSockets, {});
  if (sockets === null || !sockets.known) return unknown(ID, bound, 'subject', sockets, 'which runtime this node has');
  const start = lastStart(log.value.events);
  const trouble = mountTrouble(bound, sockets.value.paths);
  if (start.trying !== null) {
    const { attempt, of } = start.trying;
    const open = {
      known: false,
      gap: 'timed-out',
      detail: `attempt ${attempt} of ${of} failed, and it still tries`,
    } as const;
    return unknown(ID, bound, 'subject', open, 'whether the address manager sees the containers');
  }
  if (start.freed !== null && start.blind && lost.length > 0)
    return { is: 'found', findings: [freed(bound, readings, { start, trouble, lost })] };
  if (start.blind || trouble !== null)
    return { is: 'found', findings: [blind(bound, readings, { start, trouble, lost })] };
  if (lost.length > 0) return { is: 'found', findings: [orphaned(bound, readings, lost)] };
  return {
    is: 'clear',
    because: log.value.files.length === 0 ? 'the mounted socket is the right one' : 'its log tells of every container',
  };
}

interface Case {
  readonly start: IpamdStart;
  readonly trouble: MountTrouble | null;
  readonly lost: readonly Orphan[];
}

function freed(bound: Bound, readings: Readings, { start, trouble, lost }: Case): Finding {
  const why = trouble === null ? 'It could not ask the container runtime' : trouble.sentence;
  return {
    code: FREED,
    statement: `The address manager saw no container, believed that no address was in use, and gave ${start.freed?.eni ?? 'an ENI'} back while ${lost.length} running pods live on its addresses. ${why}.`,
    confidence: trouble === null ? 'likely' : 'proven',
    evidence: rows(bound, readings, { start, trouble, lost }),
    facts: facts(bound, readings, { blind: true, trouble, lost }),
    residue: [],
  };
}

function blind(bound: Bound, readings: Readings, { start, trouble, lost }: Case): Finding {
  const why = trouble === null ? '' : ` ${trouble.sentence}.`;
  return {
    code: BLIND,
    statement: `The address manager ${start.blind ? 'saw no container when it last started' : 'will see no container when it starts'}: it takes every address for unused and may free an ENI that pods use.${why}`,
    confidence: 'likely',
    evidence: rows(bound, readings, { start, trouble, lost }),
    facts: facts(bound, readings, { blind: start.blind, trouble, lost }),
    residue: [],
  };
}

function forgets(bound: Bound): Finding {
  return {
    code: FORGETS,
    statement: `Version ${bound.cni.version ?? ''} of the address manager keeps which addresses are in use below /var${RECORD}, and its DaemonSet mounts no such directory: after a restart it takes every address for unused.`,
    confidence: 'possible',
    evidence: [],
    facts: { ...daemonSetFacts(bound.cni), record: `/var${RECORD}` },
    residue: [],
  };
}

function orphaned(bound: Bound, readings: Readings, lost: readonly Orphan[]): Finding {
  return {
    code: ORPHANED,
    statement: `${lost.length} running pods hold addresses of an ENI that this node no longer has: their table has no route.`,
    confidence: 'likely',
    evidence: orphanRows(bound, readings, lost),
    facts: facts(bound, readings, { blind: false, trouble: null, lost }),
    residue: [],
  };
}

function facts(
  bound: Bound,
  readings: Readings,
  { blind, trouble, lost }: Pick<Case, 'trouble' | 'lost'> & { readonly blind: boolean },
): Finding['facts'] {
  const names = bound.subject.pods
    .filter(({ address }) => lost.some((orphan) => orphan.address === address))
    .map(({ namespace, name }) => `${namespace}/${name}`);
  const volume = Object.entries(bound.cni.hostPaths).find(([, path]) => path === trouble?.path)?.[0] ?? '';
  return {
    ...daemonSetFacts(bound.cni),
    volume,
    mounted: trouble?.path ?? '',
    wanted: trouble?.wanted ?? '',
    mend: mend(bound, trouble, volume),
    blind: blind ? 'yes' : 'no',
    orphans: names,
    ...whereToSend(bound, readings, lost),
  };
}

/** What people have to do about the mount, one clause. */
function mend({ subject }: Bound, trouble: MountTrouble | null, volume: string): string {
  const { runtime } = subject.facts;
  if (trouble === null)
    return `find out why it could not ask ${runtime}, for the socket that it mounts is the right one`;
  const socket = trouble.wanted ?? `of ${runtime}`;
  return `give its volume ${volume} (${trouble.path}) the socket ${socket}`;
}

/** An orphan behind a service, and where its packets would pass. */
function whereToSend(bound: Bound, readings: Readings, lost: readonly Orphan[]): Finding['facts'] {
  const nat = readings.of('subject', iptablesNat, {});
  const here = uplink(bound, readings, 'subject');
  const served = nat?.known === true ? endpoints(nat.value) : [];
  const target = served.find(({ address }) => lost.some((orphan) => orphan.address === address));
  if (target === undefined || !here.known) return {};
  const veth = lost.find(({ address }) => address === target.address)?.veth ?? null;
  const watchAt = [here.value.device, ...(veth === null ? [] : [veth])];
  return { sendTo: target.address, sendPort: String(target.port), watchAt };
}

/** The sequence in its own order, the socket, and what is left behind. */
function rows(bound: Bound, readings: Readings, { start, trouble, lost }: Case): Evidence[] {
  const list: Evidence[] = [];
  const log = readings.answer('subject', ipamdLog, {});
  const add = (about: string, event: { readonly line: string } | null): void => {
    if (log !== null && event !== null) list.push(evidence(about, lineOf(log, event.line), null));
  };
  const { unseen, skipped, pool, freed } = start;
  add(`attempt ${unseen?.attempt} of ${unseen?.of} to list the containers, ${unseen?.at}`, unseen);
  add(`pods skipped for want of a container: ${skipped.length}; the last one`, skipped.at(-1) ?? null);
  if (log !== null && pool !== null)
    list.push(
      evidence(
        `addresses in use as it believes, where ${bound.subject.pods.length} pods run`,
        lineOf(log, pool.line),
        poolOf(readings),
        'each node has as many as it needs, but none where pods run',
      ),
    );
  add(`ENI given back, ${freed?.at}`, freed);
  const sockets = readings.answer('subject', runtimeSockets, {});
  const paths = readings.of('subject', runtimeSockets, {});
  if (sockets !== null && paths?.known === true && trouble !== null) {
    const has = paths.value.paths.find(({ path }) => path === trouble.wanted)?.line;
    list.push(
      evidence(
        `socket of this node's runtime, ${bound.subject.facts.runtime}; the DaemonSet mounts ${trouble.path}`,
        lineOf(sockets, has),
        lineFrom(
          readings,
          'peer',
          runtimeSockets,
          {},
          (peer) => peer.paths.find(({ path }) => path === trouble.wanted)?.line,
        ),
      ),
    );
  }
  return [...list, ...orphanRows(bound, readings, lost)];
}

function orphanRows(bound: Bound, readings: Readings, lost: readonly Orphan[]): Evidence[] {
  const [orphan] = lost;
  const rules = readings.answer('subject', ipRule, {});
  if (orphan === undefined || rules === null) return [];
  const names = lost.map(({ address }) => address).join(', ');
  const healthy = kept(readings);
  const healthyWay = healthy === null ? {} : { ...healthy.way, to: bound.subject.address };
  const list = [
    evidence(
      `rule of a pod whose table ${orphan.table} is empty (${names})`,
      lineOf(rules, orphan.rule.line),
      healthy === null ? null : lineFrom(readings, 'peer', ipRule, {}, () => healthy.rule.line),
      'each pod on such an ENI has a rule of its own; where its packets go counts',
    ),
  ];
  const params = wayOut(bound, orphan);
  const answer = readings.answer('subject', ipRouteGet, params);
  const way = readings.of('subject', ipRouteGet, params);
  if (answer !== null && way?.known === true)
    list.push(
      evidence(
        "way of that pod's packets now",
        lineOf(answer, way.value.line),
        healthy === null ? null : lineFrom(readings, 'peer', ipRouteGet, healthyWay, (peer) => peer.line),
      ),
    );
  return list;
}

/** What the peer's address manager believes; `null` where it keeps no log. */
function poolOf(readings: Readings): Line | null {
  const log = readings.of('peer', ipamdLog, {});
  const pool = log?.known === true ? lastStart(log.value.events).pool : null;
  return pool === null ? null : lineFrom(readings, 'peer', ipamdLog, {}, () => pool.line);
}
