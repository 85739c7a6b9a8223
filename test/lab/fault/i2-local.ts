import { must } from '../command.ts';
import { flannel, peer, subject, vteps } from '../topology/flannel.ts';
import { vtepAddress } from '../topology/flannel-node.ts';
import { overlayWorks, peerIsCutOff } from './flannel-nodes.ts';
import type { Fault } from './fault.ts';

const route = ['local', vtepAddress(vteps[peer]), 'dev', 'lo', 'table', 'local'];

/**
 * Table local of the subject holds the address of the peer's VTEP, so a packet that comes from there has a source of our own and
 * is dropped (fib_validate_source), and a packet to there never leaves. Pods of the peer have other addresses and still answer.
 */
export const i2Local: Fault = {
  name: 'i2-local',
  summary: "the subject takes the address of the peer's VTEP for its own: what the peer itself sends is dropped",
  topology: (twin) => flannel({ subjectSteps: twin ? [] : [{ do: 'ip', lines: [`route add ${route.join(' ')}`] }] }),
  symptom: peerIsCutOff,
  fix: async (lab) => {
    await must(lab.enter(subject, ['ip', 'route', 'del', ...route]));
  },
  healthy: overlayWorks,
};
