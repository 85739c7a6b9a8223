/**
 * How to keep NetworkManager off the devices of a CNI, one sentence for people. Bare names do not match by pattern, so each has
 * `interface-name:` in front: https://networkmanager.dev/docs/api/latest/NetworkManager.conf.html (device list format)
 */
export const UNMANAGED =
  'Where NetworkManager runs, keep it off the devices of the CNI: under [keyfile], unmanaged-devices=interface-name:cali*;interface-name:tunl*;interface-name:vxlan.calico;interface-name:flannel*;interface-name:veth*;interface-name:cni0;interface-name:docker0 in /etc/NetworkManager/conf.d/k8s.conf, then reload it.';
