import type { KubeObject } from '../cluster/objects.ts';
import type { PodBody } from '../cluster/pod-object.ts';
import { IpamdLog, minorOf, versionOf } from './ipamd-log.ts';
import type { NodeAgent } from './node-agent.ts';

/** What of a pod's spec concerns ipamd. */
export interface Choices {
  version: string;
  minor: number;
  externalSnat: boolean;
  warmEnis: number;
  /** Free addresses that are kept instead of ENIs; 0 where that is not set. */
  warmAddresses: number;
  log: IpamdLog;
  /** What it asks for the node's containers; null since 1.12, which keeps its own record. */
  socket: { inside: string; onNode: string | null } | null;
  /** Where that record is on the node; null where nothing is mounted. */
  record: string | null;
}

/** As the pod's container, its settings and its mounts say it. Throws for a pod that is no aws-node. */
export function choicesOf(pod: KubeObject, node: NodeAgent): Choices {
  const { containers, volumes = [] } = pod['spec'] as PodBody;
  const container = containers.find(({ name }) => name === 'aws-node');
  if (container === undefined) throw new Error(`pod ${pod.metadata.name} has no container aws-node`);
  const env = new Map((container.env ?? []).map(({ name, value }) => [name, value]));
  const onNode = (inside: string): string | null => {
    const mount = (container.volumeMounts ?? []).find(({ mountPath }) => inRun(mountPath) === inRun(inside));
    const path = volumes.find(({ name }) => name === mount?.name)?.hostPath?.path;
    return path === undefined ? null : inRun(path);
  };
  const minor = minorOf(versionOf(container.image));
  const inside = minor < 6 ? '/var/run/docker.sock' : '/var/run/dockershim.sock';
  const logs = volumes.find(({ name }) => name === 'log-dir')?.hostPath?.path ?? '/var/log/aws-routed-eni';
  return {
    version: versionOf(container.image),
    minor,
    externalSnat: /^(1|t|true)$/i.test(env.get('AWS_VPC_K8S_CNI_EXTERNALSNAT') ?? ''),
    warmEnis: Number(env.get('WARM_ENI_TARGET') ?? 1),
    warmAddresses: Number(env.get('WARM_IP_TARGET') ?? 0),
    log: new IpamdLog(node, logs, minor),
    socket: minor < 12 ? { inside, onNode: onNode(inside) } : null,
    record: onNode('/var/run/aws-node'),
  };
}

/** What it complains of when nobody answers at the socket. */
export function refusal({ inside }: { inside: string }): string {
  return inside.endsWith('docker.sock')
    ? `Cannot connect to the Docker daemon at unix://${inside}. Is the docker daemon running?`
    : `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing dial unix ${inside}: connect: no such file or directory"`;
}

/**
 * Why more addresses are free than are kept warm, in the version's own words; null when they are not. A number of addresses takes the
 * place of the number of ENIs; since 1.6 one ENI more than wanted is kept.
 */
export function tooMany({ minor, warmEnis, warmAddresses }: Choices, free: number, per: number): string | null {
  if (warmAddresses > 0) return free > warmAddresses ? `available (${free}) > IP target (${warmAddresses})` : null;
  if (minor < 6)
    return free > warmEnis * per ? `available (${free}) > ENI target (${warmEnis}) * addrsPerENI (${per})` : null;
  return free >= (warmEnis + 1) * per
    ? `available (${free}) >= (ENI target (${warmEnis}) + 1) * addrsPerENI (${per})`
    : null;
}

/** /var/run is a link to /run. */
function inRun(path: string): string {
  return path.replace(/^\/var\/run\//, '/run/');
}
