import { isDeepStrictEqual } from 'node:util';
import { changesCluster } from '../../src/model/index.ts';
import type { IncidentState, Plan } from '../../src/model/index.ts';
import type { ClusterState } from '../lab/cluster/state.ts';
import type { Lab } from '../lab/index.ts';
import type { Cure } from './cures.ts';
import { clears, difference, eventually, leftOn, ledgerOf } from './node.ts';
import type { Ending } from './play.ts';
import { tell } from './tell.ts';

/** More questions than that nobody wants to be asked in an outage. */
const QUESTIONS = 2;

/** What became of an incident, and what is wrong with that: nothing, where it went as it should. */
export interface Cured {
  readonly complaints: readonly string[];
  readonly ending: Ending;
  /** Each plan as it waited, in the order of their approvals. */
  readonly plans: readonly Plan[];
}

/** Plays an incident from the command to the end, with everything approved that is offered, and judges what it left behind. */
export async function cured(lab: Lab, cure: Cure): Promise<Cured> {
  const { node, symptom, harm } = cure;
  const complaints: string[] = [];
  const check = (what: string, is: unknown, wanted: unknown): void => {
    if (!isDeepStrictEqual(is, wanted))
      complaints.push(`${what}: ${JSON.stringify(is)} instead of ${JSON.stringify(wanted)}`);
  };
  check('the symptom shows', await lab.symptom(), true);
  await cure.first?.(lab);
  const [before, clean] = [await lab.nodeState(node), await leftOn(lab, node)];
  const script = cure.script ?? { approve: 'every', lasting: true };
  const told = tell(lab, { node, symptom, ...script });

  const plans: Plan[] = [];
  let sets = daemonSets(lab);
  let diagnosis: IncidentState | null = null;
  for (const [index, remediation] of cure.fixes.entries()) {
    const offered = await told.offered().catch((error: unknown) => void complaints.push(String(error)));
    if (offered === undefined) break;
    diagnosis ??= offered;
    const waiting = offered.offers.find(({ state }) => state === 'waiting')?.plan;
    check(`offer ${index + 1}`, waiting?.remediation, remediation);
    if (waiting !== undefined) plans.push(waiting);
    if (index === 0) {
      const read = difference(before, await lab.nodeState(node));
      if (cure.first === undefined || read.length > 0) check('what looking changed', read, []);
    }
    sets = daemonSets(lab);
    if (harm?.at === index) await harm.do(lab);
    told.approve();
  }
  const surprise = told.offered().then(
    ({ offers }) => {
      throw new Error(
        `${offers.find(({ state }) => state === 'waiting')?.plan.title ?? 'something'} is offered as well`,
      );
    },
    () => told.ending(),
  );
  const ending = await Promise.race([told.ending(), surprise]);
  const { state } = ending;
  const first = diagnosis ?? state;
  check(
    'what was found',
    first.findings.map(({ code }) => code),
    cure.found,
  );
  for (const code of cure.proven ?? cure.found.slice(0, 1))
    check(`how sure ${code} is`, first.findings.find((one) => one.code === code)?.confidence, 'proven');
  if (state.questions.length > QUESTIONS) complaints.push(`${state.questions.length} questions were asked`);
  for (const { plan } of state.offers)
    if (cure.never?.test(JSON.stringify([plan.steps, plan.remediation])) === true)
      complaints.push(`this trap was offered: ${plan.title}`);
  check('the outcome', state.outcome, cure.ends ?? 'repaired');
  const troubles = state.troubles.filter((sentence) => cure.troubles?.test(sentence) !== true);
  if (cure.ends === undefined) check('troubles', troubles, []);
  const own = plans.filter((plan) => !changesCluster(plan)).map(({ id }) => id);
  const ledger = (await ledgerOf(lab, node)).map(({ fix, state }) => `${fix} ${state}`);
  check('the ledger', ledger.toSorted(), own.map((id) => `${id} confirmed`).toSorted());
  await clears(lab, node, clean, cure.leaves ?? []).catch((error: unknown) => complaints.push(String(error)));

  const now = difference(before, await lab.nodeState(node));
  if (cure.changed !== undefined) {
    const changed = cure.changed;
    const strange = now.filter((line) => !changed.some((one) => one.test(line)));
    check('node state that has no business to differ', strange, []);
    if (changed.length > 0 && now.length === 0) complaints.push('the node is as it was before');
  }
  if (cure.ends === undefined) {
    const others = typeof state.sweep === 'object' && state.sweep !== null ? state.sweep.others : [];
    const same = others.filter(({ says }) => says === 'found').map((one) => one.node);
    check('other nodes with the cause', same, cure.others ?? []);
    const buttons = Object.values(state.buttons).flatMap((one) => (one.means === 'start' ? [one.node] : []));
    check('buttons to look at them', buttons, cure.others ?? []);
    check('nodes that could not be seen', others.filter(({ says }) => says === 'unseen').length, 0);
    await eventually(
      () => `${lab.name} is healthy`,
      () => lab.healthy(),
      10_000,
    ).catch(async () => {
      complaints.push(`not healthy: ${(await lab.observe('healthy')).lines.join(' | ')}`);
    });
  }
  if (cure.takenBack === true && !isDeepStrictEqual(daemonSets(lab), sets))
    complaints.push('a DaemonSet is not as before');
  await cure.last?.(lab, { complaints, ending, plans });
  return { complaints, ending, plans };
}

/** Every DaemonSet but for what any change leaves: annotations, generation, versions, status. */
export function daemonSets(lab: Lab): unknown {
  return clusterOf(lab).objects['apps/daemonsets']?.map(({ metadata, ...set }) => [
    metadata.namespace,
    metadata.name,
    metadata.uid,
    metadata.labels,
    set['spec'],
  ]);
}

/** What the API server serves now. */
export function clusterOf(lab: Lab): ClusterState {
  let state: ClusterState | null = null;
  lab.changeCluster((now) => (state = now));
  if (state === null) throw new Error('the lab has no cluster');
  return state;
}
