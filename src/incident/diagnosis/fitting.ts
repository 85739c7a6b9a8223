import type { Check } from '../../check/check.ts';
import type { Bound } from '../../model/index.ts';

/** The checks that make sense under the cluster's CNI. */
export function fitting(checks: readonly Check[], bound: Bound): readonly Check[] {
  return checks.filter(({ cni }) => cni === undefined || cni === bound.cni.name);
}
