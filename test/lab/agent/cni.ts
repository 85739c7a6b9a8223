import { createHash, randomBytes } from 'node:crypto';
import type { KubeObject } from '../cluster/objects.ts';
import { bridgeLines, insidePod as insideBridged } from '../topology/flannel-node.ts';
import { insidePod as insideVpc, podLines } from '../topology/vpc-cni.ts';
import type { Ipamd } from './ipamd.ts';
import type { NodeAgent } from './node-agent.ts';
import type { Sandbox } from './sandbox.ts';

type Network = NonNullable<Sandbox['network']>;

/** What gives a new pod its network, and takes it away again. */
export interface Cni {
  /** Rejects when there is no address, or nobody who gives one. */
  add(pod: KubeObject): Promise<Network>;
  remove(network: Network): Promise<void>;
}

/** The CNI plug-in of amazon-vpc-cni-k8s: the address comes from the ipamd that runs now. */
export function vpcCni(node: NodeAgent, ipamd: () => Ipamd | null): Cni {
  return {
    async add(pod) {
      const manager = ipamd();
      if (manager === null) throw new Error('failed to dial 127.0.0.1:50051: ipamd does not run');
      const { address, eni, onlyTo } = await manager.assign();
      const network = { address, netns: `cni-${randomBytes(4).toString('hex')}`, hostVeth: vethOf('eni', pod) };
      const parts = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
      const made = { name: '', namespace: '', ...network, vethMac: `0a:58:${parts.join(':')}` };
      await node.ip(podLines(made, eni.table, onlyTo));
      await insideIp(node, insideVpc(made));
      return network;
    },
    async remove({ address, netns, hostVeth }) {
      const rules = JSON.parse(await node.run(['ip', '-j', '-4', 'rule', 'show'])) as Rule[];
      const own = rules.filter(({ src, dst }) => src === address || dst === address);
      await node.ip([`link del ${hostVeth}`, `netns del ${netns}`, ...own.map((rule) => `rule del ${words(rule)}`)]);
      ipamd()?.release(address);
    },
  };
}

/** The bridge plug-in with host-local addresses, as flannel's configuration wants it. */
export function bridgeCni(node: NodeAgent, podCidr: string): Cni {
  const base = podCidr.replace(/\.0\/24$/, '');
  let last = 30;
  return {
    async add(pod) {
      const taken = new Set(node.sandboxes.map(({ network }) => network?.address));
      do last = last === 254 ? 2 : last + 1;
      while (taken.has(`${base}.${last}`));
      const network = {
        address: `${base}.${last}`,
        netns: `cni-${randomBytes(4).toString('hex')}`,
        hostVeth: vethOf('veth', pod).slice(0, 12),
      };
      const mac = `0a:${[...randomBytes(5)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`;
      await node.ip(bridgeLines({ name: '', namespace: '', ...network, mac }));
      await insideIp(node, insideBridged(network, `${base}.1`));
      return network;
    },
    async remove({ netns, hostVeth }) {
      await node.ip([`link del ${hostVeth}`, `netns del ${netns}`]);
    },
  };
}

async function insideIp(node: NodeAgent, { pod, lines }: { pod: string; lines: readonly string[] }): Promise<void> {
  await node.run(['ip', '-n', pod, '-batch', '-'], { input: lines.join('\n') });
}

/** Name of the host-side veth: from namespace and name, so that the same pod has the same one. */
function vethOf(prefix: string, { metadata }: KubeObject): string {
  const digest = createHash('sha1')
    .update(`${metadata.namespace ?? ''}.${metadata.name}`)
    .digest('hex');
  return `${prefix}${digest.slice(0, 11)}`;
}

interface Rule {
  priority: number;
  src: string;
  dst?: string;
  srclen?: number;
  dstlen?: number;
  table: string;
}

function words({ priority, src, srclen, dst, dstlen, table }: Rule): string {
  const from = src === 'all' ? '' : ` from ${src}/${srclen ?? 32}`;
  const to = dst === undefined ? '' : ` to ${dst}/${dstlen ?? 32}`;
  return `priority ${priority}${from}${to} lookup ${table}`;
}
