import type { AuditRow, Effect } from '../../src/model/index.ts';
import { canonical } from '../../src/model/json.ts';
import { sha256 } from '../../src/model/hash.ts';
import type { Tale } from './tale.ts';

/** Effects that change something although the audit does not say by then who allowed it and why it comes to that. */
export function unaudited(tale: Pick<Tale, 'transitions'>): string[] {
  const rows: AuditRow[] = [];
  return tale.transitions.flatMap(({ audit, effects }) => {
    rows.push(...audit);
    return effects.flatMap((effect) =>
      unsaid(effect, rows).map((what) => `${effect.key} without a row that says ${what}`),
    );
  });
}

function unsaid(effect: Effect, rows: readonly AuditRow[]): string[] {
  if (effect.do !== 'change' && effect.do !== 'settle' && effect.do !== 'prepare' && effect.do !== 'cluster-step')
    return [];
  const { plan } = effect;
  const of = rows.filter(({ detail }) => detail.startsWith(`plan ${plan.id}`));
  const whole = of.filter(({ detail }) => detail.startsWith(`plan ${plan.id} hash ${sha256(canonical(plan))}`));
  const approved = whole.some(({ what, by }) => what === 'approved' && by !== 'netdiag');
  const begun = whole.some(({ what, by }) => what === 'change' && by === 'netdiag');
  const why = reason(effect);
  return [
    ...(approved ? [] : ['approved']),
    ...(begun ? [] : ['change']),
    ...(why === null || of.some(({ what }) => why.test(what)) ? [] : [String(why)]),
  ];
}

/** What else must have been said; `null` where the approval says it all. */
function reason(effect: Effect): RegExp | null {
  if (effect.do === 'settle') return effect.verb === 'confirm' ? /^verified$/ : /^(?!approved|change$|offered)/;
  if (effect.do !== 'cluster-step' && effect.do !== 'prepare') return null;
  if (effect.list === 'undo') return /^(step|not-verified|unknown)/;
  return effect.nth === 0 ? null : /^step done$/;
}
