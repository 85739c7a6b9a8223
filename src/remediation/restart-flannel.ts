// Flannel writes the MAC of the device that it finds, or makes, into its node's annotation each time it starts, and the other nodes
// follow the annotation; it watches the device at no other time. NetworkManager's restart alone leaves the annotation as it is.
// https://github.com/flannel-io/flannel/blob/v0.27.4/pkg/backend/vxlan/vxlan.go (RegisterNetwork), flannel#1795; its iptables chains
// are emptied and filled again at the start: https://github.com/flannel-io/flannel/blob/v0.27.4/pkg/trafficmngr/iptables/iptables.go
// A start writes its routes anew, and the kernel refuses a gateway that table local holds (fib_check_nh, "Nexthop has invalid gateway").
import { remoteVtepLocal } from '../cni/flannel/remote-vtep-local.ts';
import { cniPodDelete, throughTheCluster } from './cluster.ts';
import { fact } from './remediation.ts';
import type { Drafted, Remediation } from './remediation.ts';
import { UNMANAGED } from './unmanaged.ts';

export const restartFlannel: Remediation = {
  id: 'restart-flannel',
  fixes: ['vtep-mac-not-announced', 'vtep-missing'],
  risk: 2,
  draft(finding, scene): Drafted {
    const { subject } = scene.bound;
    const restart = cniPodDelete(scene.bound);
    if ('unfit' in restart) return restart;
    if (remoteVtepLocal.judge(scene.bound, scene.readings).is === 'found')
      return { later: 'the tunnel address of the other node has to be given back to the tunnel first' };
    const device = fact(finding, 'device');
    const then =
      finding.code === 'vtep-missing'
        ? `makes ${device} again and announces its MAC`
        : `keeps ${device} and announces the MAC that it has now`;
    return {
      title: `restart flannel on ${subject.name}, which announces its tunnel anew`,
      safety: `A daemon restart is a network change: I save the network state of ${subject.name} before it and show afterwards what differs. Flannel ${then}, and the other nodes follow. Routes and tunnels to other nodes stay meanwhile; its masquerade and forwarding rules are emptied and written anew when it starts, so new connections may fail for a moment. Restarting NetworkManager instead does not mend it.`,
      steps: [restart],
      undo: [],
      ...throughTheCluster(scene),
      verify: ['vtep-mac'],
      durable: [
        `Find what changed or removed ${device}, a network manager most often: flannel does not notice by itself.`,
        UNMANAGED,
      ],
    };
  },
};
