import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, run, type Ran, type RunOptions } from './command.ts';
import { makeKeyPair } from './keys.ts';
import { addNamespaces, inNamespace, namespacesOf, removeNamespaces } from './namespace.ts';
import { inNode, startNode } from './node.ts';
import { endAll, writePidFile } from './pid-file.ts';
import { placeOf, type Place } from './place.ts';
import { labFiles } from './record.ts';

/** One node with a real sshd and nothing around it but a controller namespace on the other end of its cable. */
export interface SshNode {
  name: string;
  address: string;
  port: number;
  user: string;
  privateKeyFile: string;
  knownHostsFile: string;
  /** Public host key, `ssh-ed25519 AAAA…`, and its `SHA256:…` fingerprint. */
  hostKey: string;
  fingerprint: string;
  machineId: string;
  bootId: string;
  /** Network namespace in which the address is reachable (`ip netns exec NS …`), and the node's own. */
  controllerNs: string;
  nodeNs: string;
  /** argv that runs another argv inside the node, or in the controller's namespace. */
  enter(where: 'node' | 'controller', argv: readonly string[]): string[];
  /** Runs argv there. */
  exec(where: 'node' | 'controller', argv: readonly string[], options?: RunOptions): Promise<Ran>;
  stop(): Promise<void>;
}

const nodeAddress = '10.99.0.2';
const controllerAddress = '10.99.0.1';

/** Starts one node in well under a second. `sshdConfig` lines come first and so win. Needs root and Linux. */
export async function startSshNode(options: { sshdConfig?: readonly string[] } = {}): Promise<SshNode> {
  const place = placeOf(`ssh-${process.pid}-${randomBytes(3).toString('hex')}`);
  try {
    return await start(place, options.sshdConfig ?? []);
  } catch (error) {
    await stop(place);
    throw error;
  }
}

async function start(place: Place, sshd: readonly string[]): Promise<SshNode> {
  const controllerNs = `${place.prefix}controller`;
  const nodeNs = `${place.prefix}node`;
  const directory = join(place.runDir, 'node');
  mkdirSync(place.runDir, { mode: 0o700 });
  writePidFile(labFiles(place.runDir).owner, process.pid);
  const [userKey] = await Promise.all([
    makeKeyPair(join(place.runDir, 'id_ed25519'), 'netdiag'),
    addNamespaces([controllerNs, nodeNs]),
  ]);
  // What IPv6 adds by itself comes up to a second after the carrier: without it the node is at rest as soon as it is ready.
  const quiet = 'net.ipv6.conf.all.disable_ipv6 = 1\nnet.ipv6.conf.default.disable_ipv6 = 1\n';
  await Promise.all(
    [controllerNs, nodeNs].map((name) => must(inNamespace(name, ['sysctl', '-q', '-p', '-']), { input: quiet })),
  );
  const cable = [
    `link add eth0 type veth peer name eth0 netns ${nodeNs}`,
    `address add ${controllerAddress}/24 dev eth0`,
    'link set eth0 up',
  ];
  await must(['ip', '-n', controllerNs, '-batch', '-'], { input: cable.join('\n') });
  const inside = [`address add ${nodeAddress}/24 dev eth0`, 'link set eth0 up'];
  await must(['ip', '-n', nodeNs, '-batch', '-'], { input: inside.join('\n') });
  const hostname = 'lab-node';
  const started = await startNode({
    directory,
    namespace: nodeNs,
    hostname,
    authorizedKey: userKey.line,
    etc: {},
    sshd,
  });
  const knownHostsFile = join(place.runDir, 'known_hosts');
  writeFileSync(knownHostsFile, `${hostname},${nodeAddress} ${started.hostKey}\n`);
  const enter: SshNode['enter'] = (where, argv) =>
    where === 'node' ? inNode(directory, argv) : inNamespace(controllerNs, argv);
  return {
    name: hostname,
    address: nodeAddress,
    port: 22,
    user: 'root',
    privateKeyFile: userKey.file,
    knownHostsFile,
    ...started,
    controllerNs,
    nodeNs,
    enter,
    exec: (where, argv, options) => run(enter(where, argv), options),
    stop: () => stop(place),
  };
}

async function stop(place: Place): Promise<void> {
  await endAll(join(place.runDir, 'node'));
  await removeNamespaces(namespacesOf(place.prefix));
  rmSync(place.runDir, { recursive: true, force: true });
}
