import type { KubeObject } from '../cluster/objects.ts';
import { flannelAnnotations, reach, type Vtep, vtepAddress } from '../topology/flannel-node.ts';
import type { NodeAgent, Program } from './node-agent.ts';

const DEVICE = 'flannel.1';

/**
 * flanneld with the VXLAN backend: when it starts it keeps a device that fits, announces the MAC that the device really has, and
 * makes the ways to all other nodes again; while it runs it follows what other nodes announce. What it announced itself it does
 * not look at again. https://github.com/flannel-io/flannel/blob/v0.27.4/pkg/backend/vxlan/vxlan.go and vxlan_network.go
 */
export class Flanneld implements Program {
  readonly #node: NodeAgent;
  readonly #others = new Map<string, Vtep>();

  constructor(node: NodeAgent) {
    this.#node = node;
  }

  async start(_pod: KubeObject, adopted: boolean): Promise<void> {
    if (!adopted) await this.#register();
  }

  /** A node of the cluster as it is now. What it announced before anybody looked has been done already. */
  async nodeIs(object: KubeObject): Promise<void> {
    const { name } = object.metadata;
    const vtep = announced(object);
    if (name === this.#node.settings.node || vtep === null) return;
    const before = this.#others.get(name);
    this.#others.set(name, vtep);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(vtep)) await this.#reach(vtep);
  }

  async #register(): Promise<void> {
    const { settings, api } = this.#node;
    const { items } = (await api.call('GET', '/api/v1/nodes')) as { items: KubeObject[] };
    const self = items.find(({ metadata }) => metadata.name === settings.node);
    const old = self === undefined ? null : announced(self);
    if (settings.flannel === null || old === null) throw new Error(`node ${settings.node} has no range of addresses`);
    const announcedMac = await this.#ensureDevice(old);
    const annotations = flannelAnnotations({ ...old, announcedMac });
    await api.call('PATCH', `/api/v1/nodes/${settings.node}/status?fieldManager=flanneld`, {
      metadata: { annotations },
    });
    for (const other of items) {
      const vtep = other === self ? null : announced(other);
      if (vtep === null) continue;
      this.#others.set(other.metadata.name, vtep);
      await this.#reach(vtep);
    }
    const subnet = settings.flannel.podCidr.replace(/\.0\/24$/, '.1/24');
    const text = `FLANNEL_NETWORK=${settings.flannel.network}\nFLANNEL_SUBNET=${subnet}\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\n`;
    await this.#node.run(['sh', '-c', 'mkdir -p /run/flannel && cat >/run/flannel/subnet.env'], { input: text });
  }

  /** The device's MAC; makes the device where it is not there. */
  async #ensureDevice(own: Vtep): Promise<string> {
    const links = () => this.#node.run(['ip', '-j', 'link', 'show']).then((text) => JSON.parse(text) as Link[]);
    const found = (await links()).find(({ ifname }) => ifname === DEVICE);
    const made = `link add ${DEVICE} mtu 1450 address ${own.announcedMac} type vxlan id 1 local ${own.publicIp} dev eth0 dstport 8472 nolearning`;
    const address = `address replace ${vtepAddress(own)}/32 dev ${DEVICE}`;
    await this.#node.ip([...(found === undefined ? [made] : []), address, `link set ${DEVICE} up`]);
    return found?.address ?? own.announcedMac;
  }

  async #reach(other: Vtep): Promise<void> {
    const [neighbour = '', route = ''] = reach(other);
    await this.#node.ip([neighbour]);
    const entry = ['fdb', 'replace', other.announcedMac, 'dev', DEVICE, 'dst', other.publicIp];
    await this.#node.run(['bridge', ...entry]);
    await this.#node.ip([route]);
  }
}

interface Link {
  ifname: string;
  address: string;
}

/** What a node announces of its VTEP; null where it announces none. */
function announced({ metadata, spec }: KubeObject): Vtep | null {
  const annotations = (metadata['annotations'] ?? {}) as Record<string, string>;
  const publicIp = annotations['flannel.alpha.coreos.com/public-ip'];
  const data = annotations['flannel.alpha.coreos.com/backend-data'];
  const { podCIDR } = spec as { podCIDR?: string };
  if (publicIp === undefined || data === undefined || podCIDR === undefined) return null;
  const { VtepMAC } = JSON.parse(data) as { VtepMAC: string };
  return { podCidr: podCIDR, publicIp, announcedMac: VtepMAC };
}
