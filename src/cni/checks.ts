import type { Check } from '../check/check.ts';

/** Checks that make sense under one CNI only: every `src/cni/NAME` directory's files that define one. */
export const cniChecks: readonly Check[] = [];
