import type { Check } from '../check/check.ts';
import { remoteVtepLocal } from './flannel/remote-vtep-local.ts';
import { vtepMac } from './flannel/vtep-mac.ts';

/** Checks that make sense under one CNI only: every `src/cni/NAME` directory's files that define one. */
export const cniChecks: readonly Check[] = [remoteVtepLocal, vtepMac];
