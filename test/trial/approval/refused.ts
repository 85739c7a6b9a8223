import { canonical } from '../../../src/model/json.ts';
import type { Json } from '../../../src/model/json.ts';
import { sha256 } from '../../../src/model/hash.ts';
import { changesCluster } from '../../../src/model/index.ts';
import type { Approval, Plan } from '../../../src/model/index.ts';
import type { NodeSession } from '../../../src/port.ts';
import { change } from '../../../src/shell/deed/change.ts';
import { clusterStep } from '../../../src/shell/deed/cluster-step.ts';
import { prepare } from '../../../src/shell/deed/prepare.ts';
import { notApproved } from '../../../src/shell/not-approved.ts';
import type { Ports } from '../../../src/shell/index.ts';
import { nodeNamed } from '../../fake/cluster.ts';
import { changes } from './leaves.ts';
import { realPlans } from './plans.ts';
import { scene } from './world.ts';

/** How many changes of how many plans were tried, and which of them the executor would have carried out. */
export interface Tried {
  readonly plans: number;
  readonly changes: number;
  readonly wrong: readonly string[];
}

/** Takes every plan, changes one thing in it, and hands it to the executor with the approval of the plan as it was. */
export async function everyChange(): Promise<Tried> {
  const wrong: string[] = [];
  let tried = 0;
  const plans = realPlans();
  for (const plan of plans) {
    const approval = approvalOf(plan);
    if (!(await carriesOut(plan, approval))) wrong.push(`${plan.remediation}: refused as it was approved`);
    for (const [what, consents] of fewer(plan, approval)) {
      tried += 1;
      if (await carriesOut(plan, { ...approval, consents }))
        wrong.push(`${plan.remediation}: carried out with ${what}`);
    }
    for (const { where, value } of changes(plan as unknown as Json)) {
      tried += 1;
      const other = value as unknown as Plan;
      const name = `${plan.remediation}${where}`;
      if (sha256(canonical(other)) === approval.planHash) wrong.push(`${name}: the same hash`);
      if (notApproved(other, approval, 0) === null) wrong.push(`${name}: taken for approved`);
      if (await carriesOut(other, approval, changesCluster(plan))) wrong.push(`${name}: carried out`);
    }
  }
  return { plans: plans.length, changes: tried, wrong };
}

function approvalOf(plan: Plan): Approval {
  const planHash = sha256(canonical(plan));
  const consents = Array.from({ length: plan.approvals }, (_, n) => ({
    by: { id: `UAPPROVER${n}`, name: `approver ${n}` },
    at: plan.expiresAt - 1000,
    planHash,
  }));
  return { planId: plan.id, planHash, consents, expiresAt: plan.expiresAt } as unknown as Approval;
}

/** Consents that are too few, whatever the hash says. */
function fewer(plan: Plan, { consents }: Approval): readonly (readonly [string, Approval['consents']])[] {
  const [first] = consents;
  if (first === undefined) return [];
  return [
    ['one consent less', consents.slice(1)],
    ['a consent to another plan', consents.with(0, { ...first, planHash: 'f'.repeat(64) })],
    ['a consent that came too late', consents.with(0, { ...first, at: plan.expiresAt })],
    ...(consents.length < 2 ? [] : [['one person twice', consents.map(() => first)] as const]),
  ];
}

/** Whether anything of the world is touched. */
async function carriesOut(plan: Plan, approval: Approval, byCluster = changesCluster(plan)): Promise<boolean> {
  let touched = false;
  const touch = (): Promise<never> => {
    touched = true;
    return Promise.reject(new Error('touched'));
  };
  const { state } = scene(0);
  const ports = world(plan, approval, touch);
  const base = { key: '1-change', plan, approval };
  const deeds = byCluster
    ? (['apply', 'undo'] as const).flatMap((list) => [
        () => prepare(ports, state, { ...base, do: 'prepare', list, nth: 0 }),
        () => clusterStep(ports, state, { ...base, do: 'cluster-step', list, nth: 0, there: [], before: null }),
      ])
    : [() => change(ports, state, { ...base, do: 'change' })];
  for (const deed of deeds) {
    try {
      const told = await deed();
      if (told.is === 'prepared' && told.refusal === undefined) touched = true;
    } catch {
      touched = true;
    }
  }
  return touched;
}

/** Ports that tell when anything is done, and know nothing else. */
function world(plan: Plan, approval: Approval, touch: () => Promise<never>): Ports {
  const now = approval.expiresAt - 1;
  const around = [plan.node?.name ?? '', 'peer-1', 'peer-2'].map((name, at) => nodeNamed(name, `10.1.0.${at}`));
  const none = (): Promise<readonly never[]> => Promise.resolve([]);
  const session = {
    identity: plan.node ?? null,
    door: { address: '10.0.10.190', port: 22, from: 'node-status' },
    run: () => Promise.resolve([{ exit: 0, stdout: new TextEncoder().encode(`${Math.floor(now / 1000)}\n`) }]),
    state: () => Promise.resolve({ known: false, gap: 'timed-out' }),
    ledger: () => Promise.resolve(null),
    change: touch,
    close: () => Promise.resolve(),
  } as unknown as NodeSession;
  return {
    doors: {},
    clock: { now: () => now, sleep: () => new Promise(() => undefined) },
    nodes: { open: () => Promise.resolve({ reached: true, session }) },
    cluster: {
      name: plan.cluster,
      nodes: () => Promise.resolve(around),
      patch: touch,
      podsOf: touch,
      deletePod: touch,
    },
    journal: { load: () => Promise.resolve(null), audit: none, latest: none, open: none },
  } as unknown as Ports;
}
