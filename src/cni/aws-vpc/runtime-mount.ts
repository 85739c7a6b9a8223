import type { Bound, CniFacts, Reading } from '../../model/index.ts';
import type { RuntimePath } from '../../probe/runtime-sockets.ts';

/** Sockets by the runtime that answers there, as node.status names it; paths begin with /run whatever they are written with. */
const SOCKETS: Readonly<Record<string, readonly string[]>> = {
  docker: ['/run/docker.sock', '/run/dockershim.sock', '/run/cri-dockerd.sock'],
  containerd: ['/run/containerd/containerd.sock', '/run/k3s/containerd/containerd.sock'],
  'cri-o': ['/run/crio/crio.sock'],
};

/** What is wrong with the socket that the CNI's DaemonSet mounts. */
export interface MountTrouble {
  /** As the DaemonSet writes it. */
  readonly path: string;
  /** The socket that would be right; `null` where it is not known. */
  readonly wanted: string | null;
  readonly sentence: string;
}

/** The mounted path of a container runtime's socket; `null` where the DaemonSet mounts none. */
export function mountedSocket({ hostPaths }: CniFacts): string | null {
  const known = Object.values(SOCKETS).flat();
  return Object.values(hostPaths).find((path) => known.includes(inRun(path))) ?? null;
}

/**
 * Whether ipamd asks the container runtime which addresses are in use: before 1.12, and of an image without a version when its
 * DaemonSet mounts a runtime's socket. https://github.com/aws/amazon-vpc-cni-k8s/releases/tag/v1.12.0
 */
export function asksRuntime(cni: CniFacts): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(cni.version ?? '') ?? [];
  if (major === undefined) return mountedSocket(cni) !== null;
  return Number(major) < 1 || (Number(major) === 1 && Number(minor) < 12);
}

/** What is wrong with the mount on this node; `null` where nothing is, or ipamd needs none. `paths`: what the node has, `null`: unknown. */
export function mountTrouble(bound: Bound, paths: readonly RuntimePath[] | null): MountTrouble | null {
  if (!asksRuntime(bound.cni)) return null;
  const { runtime, name } = bound.subject.facts;
  const own = SOCKETS[kindOf(runtime)];
  const there = (paths ?? []).filter((one) => one.is === 'socket' && own?.includes(inRun(one.path)) === true);
  const wanted = preferred(bound.cni, [...there.map((one) => one.path), ...(own ?? [])]);
  const path = mountedSocket(bound.cni);
  if (path === null) return null;
  const daemonSet = bound.cni.daemonSet ?? 'its DaemonSet';
  if (own !== undefined && !own.includes(inRun(path)))
    return { path, wanted, sentence: `DaemonSet ${daemonSet} mounts ${path}, and ${name} runs ${runtime}` };
  if (paths !== null && !paths.some((one) => inRun(one.path) === inRun(path) && one.is === 'socket'))
    return { path, wanted, sentence: `DaemonSet ${daemonSet} mounts ${path}, and ${name} has no socket there` };
  return null;
}

/** Since 1.6 ipamd speaks CRI, which Docker's own socket does not: https://github.com/aws/amazon-vpc-cni-k8s/releases/tag/v1.6.0 */
function preferred({ version }: CniFacts, sockets: readonly string[]): string | null {
  const minor = Number(/^1\.(\d+)/.exec(version ?? '')?.[1] ?? 0);
  const speaksCri = sockets.filter((path) => inRun(path) !== '/run/docker.sock');
  return (minor >= 6 ? speaksCri[0] : sockets[0]) ?? sockets[0] ?? null;
}

/** Where ipamd keeps which addresses are in use since 1.12, so that it survives a restart of its pod. */
export const RECORD = '/run/aws-node';

/** Whether a version that keeps its own record has a directory of the node to keep it in; true where mounts or version are not known. */
export function keepsRecord(cni: CniFacts): boolean {
  const paths = Object.values(cni.hostPaths);
  if (asksRuntime(cni) || cni.version === null || paths.length === 0) return true;
  return paths.some(isRecord);
}

function isRecord(path: string): boolean {
  return inRun(path).replace(/\/$/, '') === RECORD;
}

/**
 * Why a start of ipamd could free ENIs in use, on the subject or on another node of the cluster, one clause; `null` where every node
 * is known to be safe. What could not be seen is no safety. `sockets`: what the subject has.
 */
export function rollTrouble(
  bound: Bound,
  sockets: Reading<{ readonly paths: readonly RuntimePath[] }> | null,
): string | null {
  const { cni, subject } = bound;
  const daemonSet = `DaemonSet ${cni.daemonSet ?? 'aws-node'}`;
  if (!asksRuntime(cni)) {
    if (Object.values(cni.hostPaths).some(isRecord)) return null;
    return `its version ${cni.version ?? '(not known)'} keeps which addresses are in use below /var${RECORD}, and ${daemonSet} mounts no such directory that could be seen`;
  }
  const path = mountedSocket(cni);
  if (path === null)
    return `it asks the container runtime which addresses are in use, and ${daemonSet} mounts no socket of one that could be seen`;
  if (sockets === null || !sockets.known) return `which container runtime answers on ${subject.name} could not be seen`;
  return mountTrouble(bound, sockets.value.paths)?.sentence ?? runtimeTrouble(bound, daemonSet, path);
}

/** The same for the other nodes, of which only the runtime's name is known. */
function runtimeTrouble({ runtimes = [] }: Bound, daemonSet: string, path: string): string | null {
  if (runtimes.length === 0) return 'which container runtimes the other nodes have could not be seen';
  for (const { runtime, nodes, examples } of runtimes) {
    const own = SOCKETS[kindOf(runtime)];
    const which = `${nodes} ${nodes === 1 ? 'node' : 'nodes'} (${examples.join(', ')})`;
    if (own === undefined) return `netdiag does not know the socket of ${runtime}, which ${which} may need`;
    if (!own.includes(inRun(path))) return `${daemonSet} mounts ${path}, and ${which} run ${runtime}`;
  }
  return null;
}

/** Nodes whose runtime does not answer at this socket, as `RUNTIME (examples)`; none where the other nodes' runtimes are not known. */
export function otherRuntimes({ runtimes = [] }: Bound, path: string): readonly string[] {
  return runtimes
    .filter(({ runtime }) => SOCKETS[kindOf(runtime)]?.includes(inRun(path)) !== true)
    .map(({ runtime, examples }) => `${runtime} (${examples.join(', ')})`);
}

/**
 * Where ipamd looks for a runtime's socket inside its container; `null` where no version of it could speak to that runtime, or the
 * version is not known. v1.5.3 ipamd asks Docker alone: https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.5.3/pkg/docker/docker.go,
 * since 1.6 it asks by CRI: https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.7.5/pkg/cri/cri.go
 */
export function placeInContainer({ version }: CniFacts, socket: string): string | null {
  const minor = Number(/^1\.(\d+)/.exec(version ?? '')?.[1] ?? Number.NaN);
  if (minor < 6) return inRun(socket) === '/run/docker.sock' ? '/var/run/docker.sock' : null;
  if (minor < 12) return inRun(socket) === '/run/dockershim.sock' ? '/var/run/dockershim.sock' : '/var/run/cri.sock';
  return null;
}

/** Whether two paths are one: `/var/run` is a symbolic link to `/run`. */
export function samePath(one: string, other: string): boolean {
  return inRun(one) === inRun(other);
}

/** Facts by which advice names the CNI's DaemonSet. */
export function daemonSetFacts(cni: CniFacts): { daemonSet: string; namespace: string; name: string } {
  const daemonSet = cni.daemonSet ?? 'kube-system/aws-node';
  const [namespace = '', name = ''] = daemonSet.split('/');
  return { daemonSet, namespace, name };
}

/** `docker` of `docker://18.6.1`. */
function kindOf(runtime: string): string {
  return runtime.split('://')[0] ?? '';
}

function inRun(path: string): string {
  return path.startsWith('/var/run/') ? path.slice('/var'.length) : path;
}
