import { setTimeout as pause } from 'node:timers/promises';
import type { KubeObject } from '../cluster/objects.ts';
import { containerId, type PodBody } from '../cluster/pod-object.ts';
import type { Eni } from '../topology/spec.ts';
import { type Choices, choicesOf, refusal, tooMany } from './ipamd-choices.ts';
import type { IpamdLog, Said } from './ipamd-log.ts';
import type { NodeAgent, Program } from './node-agent.ts';

/** Where a detached ENI waits: a namespace of its own, as a cloud holds one that belongs to no machine. */
export const CLOUD = 'detached-eni';
/** Between two attempts to list containers; the real one waits 3 s. */
const RETRY_MS = 60;
const ATTEMPTS = 5;

/**
 * The address manager of amazon-vpc-cni-k8s, as far as the incidents know it: which addresses are in use it learns from the node's
 * container runtime (before 1.12), whose socket must be mounted; with what it learnt it rewrites the policy rules of the pods, and
 * frees an ENI of which no address seems to be in use. https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.5.3/ipamd/ipamd.go
 */
export class Ipamd implements Program {
  readonly #node: NodeAgent;
  /** Addresses in use, as it believes. */
  readonly #used = new Set<string>();
  /** Addresses that were in use; they are given out last. */
  readonly #cooling: string[] = [];
  #attached: readonly Eni[] = [];
  #choices: Choices | null = null;

  constructor(node: NodeAgent) {
    this.#node = node;
  }

  async start(pod: KubeObject, adopted: boolean): Promise<void> {
    const choices = choicesOf(pod, this.#node);
    this.#choices = choices;
    this.#attached = await this.#attachedEnis();
    const seen = await this.#sees(choices);
    if (adopted) {
      if (seen) this.#recover();
      return;
    }
    const { version, minor, log, socket } = choices;
    await log.write([
      ['INFO', `Starting L-IPAMD v${version}  ...`],
      ['INFO', 'Testing communication with server'],
      ['DEBUG', 'Start node init'],
      ['INFO', 'Setting up host network...'],
    ]);
    await this.#setUpHost(choices);
    for (const eni of this.#attached) await this.#setUpEni(eni, log);
    const noun = minor < 6 ? 'container' : 'sandbox';
    if (!seen && socket !== null) {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const what = minor < 6 ? 'containers' : 'pod sandboxes';
        await log.write([
          ['INFO', `Not able to get local ${what} yet (attempt ${attempt}/${ATTEMPTS}): ${refusal(socket)}`],
        ]);
        await pause(RETRY_MS);
      }
    }
    const pods = await this.#podsOfNode();
    const words: Said[] = [['DEBUG', `getLocalPodsWithRetry() found ${pods.length} used IPs.`]];
    if (seen) words.push(...this.#recover().map((one): Said => ['INFO', `Recovered AddNetwork for Pod ${one}`]));
    else words.push(...pods.map((one): Said => ['INFO', `Skipping Pod ${one}, due to no matching ${noun}`]));
    for (const address of this.#strangers())
      words.push(['WARN', `During ipamd init, failed to use pod IP ${address} returned from Kubernetes API Server`]);
    await log.write(words);
    if (seen) await this.#updateRules(choices);
  }

  /** What the pool comes to: too many free addresses, and an ENI without a used one goes back to the cloud. */
  async afterwards(): Promise<void> {
    const choices = this.#choices;
    const [primary] = this.#attached;
    if (choices === null || primary === undefined) return;
    const per = primary.addresses.length;
    const total = this.#attached.reduce((sum, { addresses }) => sum + addresses.length, 0);
    const used = [...this.#used].filter((address) => this.#eniOf(address) !== undefined).length;
    const free = total - used;
    const target = `ENI target (${choices.warmEnis}) * addrsPerENI (${per})`;
    const stats: Said = ['DEBUG', `IP pool stats: total = ${total}, used = ${used}, c.maxIPsPerENI = ${per}`];
    if (free < choices.warmEnis * per) {
      await choices.log.write([
        stats,
        ['DEBUG', `IP pool is too low: available (${free}) < ${target}`],
        ['ERROR', 'Failed to increase pool size: the subnet has no free addresses for another ENI'],
      ]);
      return;
    }
    const words: Said[] = [stats, ['DEBUG', `IP pool is NOT too low: available (${free}) >= ${target}`]];
    const extra = tooMany(choices, free, per);
    const idle = this.#attached.slice(1).find(({ addresses }) => !addresses.some((address) => this.#used.has(address)));
    if (extra !== null) {
      words.push(
        ['DEBUG', `It might be possible to remove extra ENIs because ${extra}:`],
        ['DEBUG', `ENI ${primary.id} cannot be deleted because it is primary`],
      );
      if (idle !== undefined) words.push(['DEBUG', `getDeletableENI: found a deletable ENI ${idle.id}`]);
    }
    await choices.log.write(words);
    if (extra !== null && idle !== undefined) await this.#free(idle, choices.log);
  }

  /** An address for a new pod, on an ENI that is there. Throws when none is free. */
  async assign(): Promise<{ address: string; eni: Eni; onlyTo: string | null }> {
    const choices = this.#choices;
    if (choices === null) throw new Error('ipamd does not run yet');
    const free = this.#attached.flatMap(({ addresses }) => addresses.filter((address) => !this.#used.has(address)));
    const rested = free.filter((address) => !this.#cooling.includes(address));
    const address = rested[0] ?? this.#cooling.find((one) => free.includes(one));
    const eni = address === undefined ? undefined : this.#eniOf(address);
    if (address === undefined || eni === undefined) {
      await choices.log.write([['ERROR', 'DataStore has no available IP addresses']]);
      throw new Error('failed to assign an IP address to container');
    }
    this.#used.add(address);
    await choices.log.write([['INFO', `AddNetwork: assigned ${address} on ENI ${eni.id}`]]);
    return { address, eni, onlyTo: this.#narrowed(choices) };
  }

  release(address: string): void {
    this.#used.delete(address);
    this.#cooling.push(address);
  }

  #eniOf(address: string): Eni | undefined {
    return this.#attached.find(({ addresses }) => addresses.includes(address));
  }

  async #attachedEnis(): Promise<Eni[]> {
    const links = JSON.parse(await this.#node.run(['ip', '-j', 'link', 'show'])) as { ifname: string }[];
    return this.#node.settings.enis.filter(({ device }) => links.some(({ ifname }) => ifname === device));
  }

  /** Whether it learns which pods really run. */
  async #sees({ socket, record }: Choices): Promise<boolean> {
    if (socket === null) return record === '/run/aws-node';
    if (socket.onNode === null || socket.inside.endsWith('docker.sock') !== socket.onNode.endsWith('docker.sock'))
      return false;
    const kind = await this.#node.run(['sh', '-c', '[ -S "$0" ] && echo socket || true', socket.onNode]);
    return kind.trim() === 'socket';
  }

  /** Takes over the addresses of the pods that run; says which pods. */
  #recover(): string[] {
    const running = this.#node.sandboxes.filter(({ network }) => network !== null);
    for (const { network } of running) if (network !== null) this.#used.add(network.address);
    return running.map(
      ({ uid, name, namespace, containers }) =>
        `${name}, Namespace ${namespace}, Container ${containerId(uid, containers[0] ?? '').slice(0, 12)}`,
    );
  }

  /** Addresses in use that belong to no attached ENI. */
  #strangers(): string[] {
    return [...this.#used].filter((address) => this.#eniOf(address) === undefined);
  }

  async #podsOfNode(): Promise<string[]> {
    const query = `fieldSelector=${encodeURIComponent(`spec.nodeName=${this.#node.settings.node}`)}`;
    const { items } = (await this.#node.api.call('GET', `/api/v1/pods?${query}`)) as { items: KubeObject[] };
    return items
      .filter((pod) => (pod['spec'] as PodBody).hostNetwork !== true && 'podIP' in (pod['status'] as object))
      .map(({ metadata }) => `${metadata.name}, Namespace ${metadata.namespace ?? ''}`);
  }

  /** Loose reverse path filtering on the primary ENI, and translation to its address unless somebody outside does that. */
  async #setUpHost({ externalSnat }: Choices): Promise<void> {
    const { vpc, hostIP, enis } = this.#node.settings;
    const device = enis[0]?.device;
    if (vpc === null || device === undefined) return;
    await this.#node.run(['sysctl', '-q', '-w', `net.ipv4.conf.${device}.rp_filter=2`]);
    const jump = 'POSTROUTING -m comment --comment "AWS SNAT CHAIN" -j AWS-SNAT-CHAIN-0';
    const saved = await this.#node.run(['iptables-save', '-t', 'nat']);
    const jumps = saved.includes(`-A ${jump}`);
    const rules = [
      '*nat',
      ':AWS-SNAT-CHAIN-0 - [0:0]',
      ...(externalSnat
        ? jumps
          ? [`-D ${jump}`]
          : []
        : [
            ...(jumps ? [] : [`-A ${jump}`]),
            `-A AWS-SNAT-CHAIN-0 -d ${vpc.cidr} -m comment --comment "AWS SNAT CHAIN" -j RETURN`,
            `-A AWS-SNAT-CHAIN-0 ! -o vlan+ -m comment --comment "AWS, SNAT" -m addrtype ! --dst-type LOCAL -j SNAT --to-source ${hostIP} --random-fully`,
          ]),
      'COMMIT',
      '',
    ];
    await this.#node.run(['iptables-restore', '--noflush'], { input: rules.join('\n') });
  }

  async #setUpEni({ id, device, mac, address, prefix, gateway, table }: Eni, log: IpamdLog): Promise<void> {
    const lines: Said[] = [['DEBUG', `Discovered ENI ${id}, trying to set it up`]];
    if (table !== null) {
      await this.#node.ip([
        `route replace ${gateway} dev ${device} scope link table ${table}`,
        `route replace default via ${gateway} dev ${device} table ${table}`,
      ]);
      lines.push(
        [
          'INFO',
          `Setting up network for an ENI with IP address ${address}, MAC address ${mac}, CIDR ${prefix} and route table ${table}`,
        ],
        ['DEBUG', `Successfully added route route 0.0.0.0/0 via ${gateway} table ${table}`],
      );
    }
    await log.write([...lines, ['INFO', `ENI ${id} set up.`]]);
  }

  /** Before 1.8 (https://github.com/aws/amazon-vpc-cni-k8s/pull/1475) a pod's rule covers the VPC alone when the node translates. */
  #narrowed({ minor, externalSnat }: Choices): string | null {
    return minor < 8 && !externalSnat ? (this.#node.settings.vpc?.cidr ?? null) : null;
  }

  /** The rules `from POD` of the pods that it has found, as its settings want them now; their table stays. */
  async #updateRules(choices: Choices): Promise<void> {
    const rules = JSON.parse(await this.#node.run(['ip', '-j', '-4', 'rule', 'show'])) as Rule[];
    const narrowed = this.#narrowed(choices);
    const lines = rules
      .filter(({ priority, src }) => priority === FROM_POD && this.#used.has(src))
      .flatMap(({ src, dst, dstlen, table }) => {
        const to = dst === undefined ? '' : ` to ${dst}/${dstlen ?? 32}`;
        const wanted = narrowed === null ? '' : ` to ${narrowed}`;
        const line = (range: string) => `from ${src}${range} lookup ${table} priority ${FROM_POD}`;
        return to === wanted ? [] : [`rule del ${line(to)}`, `rule add ${line(wanted)}`];
      });
    if (lines.length > 0) await this.#node.ip(lines);
  }

  async #free({ id, device, addresses }: Eni, log: IpamdLog): Promise<void> {
    await log.write([
      [
        'INFO',
        `RemoveUnusedENIFromStore ${id}: IP address pool stats: free ${addresses.length} addresses, total: ${addresses.length}, assigned: 0`,
      ],
      ['DEBUG', `Start freeing ENI ${id}`],
      ['INFO', `Trying to free ENI: ${id}`],
    ]);
    const known = await this.#node.run(['ip', 'netns', 'list']);
    if (!known.split(/\s+/).includes(CLOUD)) await this.#node.ip([`netns add ${CLOUD}`]);
    await this.#node.ip([`link set ${device} netns ${CLOUD}`]);
    this.#attached = this.#attached.filter((eni) => eni.id !== id);
    await log.write([
      ['INFO', `Successfully detached ENI: ${id}`],
      ['DEBUG', `Trying to delete ENI: ${id}`],
      ['INFO', `Successfully deleted ENI: ${id}`],
      ['INFO', `Successfully freed ENI: ${id}`],
    ]);
  }
}

const FROM_POD = 1536;

interface Rule {
  priority: number;
  src: string;
  dst?: string;
  dstlen?: number;
  table: string;
}
