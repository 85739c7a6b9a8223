import type { Bound, CniFacts } from '../../model/index.ts';
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
  const own = SOCKETS[runtime.split('://')[0] ?? ''];
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
  return paths.some((path) => inRun(path).replace(/\/$/, '') === RECORD);
}

/** Facts by which advice names the CNI's DaemonSet. */
export function daemonSetFacts(cni: CniFacts): { daemonSet: string; namespace: string; name: string } {
  const daemonSet = cni.daemonSet ?? 'kube-system/aws-node';
  const [namespace = '', name = ''] = daemonSet.split('/');
  return { daemonSet, namespace, name };
}

function inRun(path: string): string {
  return path.startsWith('/var/run/') ? path.slice('/var'.length) : path;
}
