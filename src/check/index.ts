import type { Check } from './check.ts';
import { conntrackRoom } from './conntrack-room.ts';
import { defaultRoute } from './default-route.ts';
import { forwardFirewall } from './forward-firewall.ts';
import { forwarding } from './forwarding.ts';
import { gatewayAnswers } from './gateway-answers.ts';
import { inputFirewall } from './input-firewall.ts';
import { kubeletListens } from './kubelet-listens.ts';
import { outsideReturnPath } from './outside-return-path.ts';
import { podRoute } from './pod-route.ts';
import { returnPath } from './return-path.ts';
import { uplinkUp } from './uplink-up.ts';

/** Every check there is; the directory holds no other. */
export const checks: readonly Check[] = [
  conntrackRoom,
  defaultRoute,
  forwardFirewall,
  forwarding,
  gatewayAnswers,
  inputFirewall,
  kubeletListens,
  outsideReturnPath,
  podRoute,
  returnPath,
  uplinkUp,
];

/** The check of that name, or `undefined`. */
export function checkById(id: string): Check | undefined {
  return checks.find((check) => check.id === id);
}
