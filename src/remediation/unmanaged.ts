/** Devices that CNIs make, as NetworkManager lists devices; a bare name would match no pattern. */
export const UNMANAGED_DEVICES = ['cali*', 'tunl*', 'vxlan.calico', 'flannel*', 'veth*', 'cni0', 'docker0']
  .map((name) => `interface-name:${name}`)
  .join(';');

/**
 * How to keep NetworkManager off the devices of a CNI, one sentence for people. Bare names do not match by pattern, so each has
 * `interface-name:` in front: https://networkmanager.dev/docs/api/latest/NetworkManager.conf.html (device list format)
 */
export const UNMANAGED = `Where NetworkManager runs, keep it off the devices of the CNI: under [keyfile], unmanaged-devices=${UNMANAGED_DEVICES} in /etc/NetworkManager/conf.d/k8s.conf, then reload it.`;
