import type { Check } from '../check/check.ts';
import { eniPodRpf } from './aws-vpc/eni-pod-rpf.ts';
import { ipamdRuntime } from './aws-vpc/ipamd-runtime.ts';
import { remoteVtepLocal } from './flannel/remote-vtep-local.ts';
import { vtepMac } from './flannel/vtep-mac.ts';

/** Checks that make sense under one CNI only: every `src/cni/NAME` directory's files that define one. */
export const cniChecks: readonly Check[] = [eniPodRpf, ipamdRuntime, remoteVtepLocal, vtepMac];
