import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { count } from '../../src/capture/index.ts';
import { findTool } from '../lab/available.ts';
import { must } from '../lab/command.ts';
import { addNamespaces, inNamespace, removeNamespaces } from '../lab/namespace.ts';

const TOOLS = ['ip', 'nsenter', 'tcpdump', 'sysctl', 'ping', 'nft'];

/** Why real captures cannot be made here; empty where they can. For the titles of skipped tests. */
export const noNet = ((): string => {
  if (process.platform !== 'linux') return ` (skipped: real captures need Linux, this is ${process.platform})`;
  if (process.getuid?.() !== 0) return ' (skipped: real captures need root, for network namespaces)';
  const missing = TOOLS.filter((tool) => findTool(tool) === null);
  return missing.length === 0 ? '' : ` (skipped: not installed: ${missing.join(', ')})`;
})();

const CLIENT_MAC = '02:00:00:00:0a:45';
const ETH0_MAC = '02:00:00:00:0a:cf';

/**
 * A node between a client and a pod, in network namespaces: client 10.0.10.69 on eth0 (10.0.10.207), nobody on eth1
 * (10.0.10.190, same subnet), a pod 10.39.0.107 behind cali1.
 */
export class Net {
  readonly #prefix: string;
  readonly #ended: (() => Promise<void>)[] = [];

  constructor(name: string) {
    this.#prefix = `ndcap${process.pid}${name}`;
  }

  async up(): Promise<void> {
    const [client, node, pod, nobody] = this.#names();
    await addNamespaces(this.#names());
    await must(['ip', '-batch', '-'], {
      input: [
        `link add eth0 netns ${node} address ${ETH0_MAC} type veth peer name eth0 netns ${client} address ${CLIENT_MAC}`,
        `link add eth1 netns ${node} type veth peer name eth0 netns ${nobody}`,
        `link add cali1 netns ${node} type veth peer name eth0 netns ${pod}`,
        '',
      ].join('\n'),
    });
    await this.ip('client', [
      'addr add 10.0.10.69/24 dev eth0',
      'link set eth0 up',
      // As in a cloud the fabric answers ARP: a strict rp_filter would make the node itself deaf to it.
      `neigh add 10.0.10.207 lladdr ${ETH0_MAC} dev eth0 nud permanent`,
      'route add 10.39.0.107 via 10.0.10.207',
    ]);
    await this.ip('nobody', ['link set eth0 up']);
    await this.ip('node', [
      'addr add 10.0.10.207/24 dev eth0',
      'addr add 10.0.10.190/24 dev eth1 noprefixroute',
      'addr add 169.254.1.1/32 dev cali1',
      'link set eth0 up',
      'link set eth1 up',
      'link set cali1 up',
      'route add 10.39.0.107 dev cali1',
    ]);
    await this.ip('pod', [
      'addr add 10.39.0.107/32 dev eth0',
      'link set eth0 up',
      'route add 169.254.1.1 dev eth0',
      'route add default via 169.254.1.1',
    ]);
    await this.sysctl({ ip_forward: 1, 'conf.all.rp_filter': 0, 'conf.eth0.rp_filter': 0, 'conf.eth1.rp_filter': 0 });
  }

  /** Ends every process that was started here and removes the namespaces; also after a failure. */
  async down(): Promise<void> {
    for (const end of this.#ended.splice(0)) await end();
    await removeNamespaces(this.#names());
  }

  /** I1: the way back to the client leaves by eth1, where nobody passes it on. */
  async twoConnectedRoutes(): Promise<void> {
    await this.ip('node', [
      'route del 10.0.10.0/24 dev eth0',
      'route add 10.0.10.0/24 dev eth1 src 10.0.10.190',
      'route append 10.0.10.0/24 dev eth0 src 10.0.10.207',
      `neigh replace 10.0.10.69 lladdr ${CLIENT_MAC} dev eth1 nud permanent`,
    ]);
  }

  /** Settings under `net.ipv4` of the node, in the order given. */
  async sysctl(settings: Readonly<Record<string, number>>): Promise<void> {
    for (const [name, value] of Object.entries(settings)) {
      await must(this.in('node', ['sysctl', '-qw', `net.ipv4.${name}=${value}`]));
    }
  }

  async ip(where: string, lines: readonly string[]): Promise<void> {
    await must(this.in(where, ['ip', '-batch', '-']), { input: `${lines.join('\n')}\n` });
  }

  /** nftables commands on the node. */
  async nft(commands: string): Promise<void> {
    await must(this.in('node', ['nft', commands]));
  }

  in(where: string, argv: readonly string[]): string[] {
    return inNamespace(`${this.#prefix}${where}`, argv);
  }

  /** A TCP server that shakes hands and hangs up. */
  async serve(where: string, port: number): Promise<void> {
    const script = `require('net').createServer((s) => s.end()).listen(${port}, '0.0.0.0', () => console.log('ready'))`;
    const [program, ...rest] = this.in(where, [process.execPath, '-e', script]);
    const server = spawn(program!, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#ended.push(() => ended(server, 'SIGKILL'));
    await once(server.stdout, 'data');
  }

  /**
   * A DNS server on UDP that sends every query back as its answer, with these flags; without any it takes queries and says nothing.
   * It answers from the address that the way back has, whichever was asked.
   */
  async serveDns(where: string, flags: number | null): Promise<void> {
    const script = `
      const socket = require('dgram').createSocket('udp4');
      socket.on('message', (message, { port, address }) => {
        if (${flags} === null) return;
        message.writeUInt16BE(${flags ?? 0}, 2);
        socket.send(message, port, address);
      });
      socket.bind(53, '0.0.0.0', () => console.log('ready'));`;
    const [program, ...rest] = this.in(where, [process.execPath, '-e', script]);
    const server = spawn(program!, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#ended.push(() => ended(server, 'SIGKILL'));
    await once(server.stdout, 'data');
  }

  /** SYNs from these source ports, each given 600 ms unless told: less than a retransmission takes. Gives how many were answered. */
  async connect(where: string, to: string, port: number, from: readonly number[], patience = 600): Promise<number> {
    const script = `
      const net = require('net');
      let answered = 0;
      for (const localPort of ${JSON.stringify(from)}) {
        const socket = net.connect({ host: '${to}', port: ${port}, localPort });
        socket.on('connect', () => { answered += 1; socket.end(); });
        socket.on('error', () => undefined);
        socket.setTimeout(${patience}, () => socket.destroy());
      }
      process.on('exit', () => console.log(answered));`;
    return Number(await must(this.in(where, [process.execPath, '-e', script])));
  }

  /** Echo requests of an IP total length, never fragmented. Gives how many were answered. */
  async ping(where: string, to: string, times: number, totalLength: number): Promise<number> {
    const bytes = String(totalLength - 28);
    const argv = ['ping', '-n', '-M', 'do', '-c', String(times), '-i', '0.2', '-W', '1', '-s', bytes, to];
    const said = await must(['sh', '-c', '"$@" || true', 'sh', ...this.in(where, argv)]);
    return Number(/(\d+) received/.exec(said)?.[1] ?? Number.NaN);
  }

  /** tcpdump on a device of the node, or of somebody else, listening when this resolves. */
  async capture(device: string, filter: string, where = 'node'): Promise<Listening> {
    const argv = ['tcpdump', '-i', device, '-n', '-p', '-s', '128', '-U', '--immediate-mode', '-w', '-', '--', filter];
    const [program, ...rest] = this.in(where, argv);
    const tcpdump = spawn(program!, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    tcpdump.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    this.#ended.push(() => ended(tcpdump, 'SIGKILL'));
    await listens(tcpdump.stderr);
    return {
      stop: async (packets) => {
        while (
          count(Buffer.concat(chunks)).packets < packets &&
          tcpdump.exitCode === null &&
          tcpdump.signalCode === null
        ) {
          await once(tcpdump.stdout, 'data', { signal: AbortSignal.timeout(5000) });
        }
        await ended(tcpdump, 'SIGINT');
        return { pcap: Buffer.concat(chunks) };
      },
    };
  }

  #names(): [string, string, string, string] {
    return [`${this.#prefix}client`, `${this.#prefix}node`, `${this.#prefix}pod`, `${this.#prefix}nobody`];
  }
}

/** A capture that runs; `stop` waits until it has this many packets. */
export interface Listening {
  stop(packets: number): Promise<{ readonly pcap: Uint8Array }>;
}

/** Resolves when tcpdump says that it listens, or nothing more; its words have to be read on, or SIGPIPE ends it. */
function listens(stderr: Readable): Promise<void> {
  return new Promise((resolve) => {
    let said = '';
    stderr.on('data', (chunk: Buffer) => {
      said += String(chunk);
      if (said.includes('listening on')) resolve();
    });
    stderr.on('end', resolve);
  });
}

async function ended(child: ReturnType<typeof spawn>, signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill(signal);
  await closed;
}
