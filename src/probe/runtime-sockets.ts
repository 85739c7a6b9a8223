// A container runtime answers on a Unix socket at a well-known path; what mounts a path that is not there gets an empty directory
// made for it (hostPath without a type): https://kubernetes.io/docs/concepts/storage/volumes/#hostpath
// https://kubernetes.io/docs/setup/production-environment/container-runtimes/
import { cleanText, probe } from './probe.ts';
import { linesOf, refuse } from './text/lines.ts';

export interface RuntimePath {
  readonly path: string;
  /** What is there, symbolic links followed. */
  readonly is: 'socket' | 'directory' | 'other';
  /** Where the path itself is a symbolic link: its target. */
  readonly target: string | null;
  readonly line: string;
}

/** Where runtimes listen: Docker, dockershim of the kubelet, cri-dockerd, containerd, containerd of k3s, CRI-O. */
export const RUNTIME_PATHS: readonly string[] = [
  '/var/run/docker.sock',
  '/run/docker.sock',
  '/var/run/dockershim.sock',
  '/run/dockershim.sock',
  '/run/cri-dockerd.sock',
  '/run/containerd/containerd.sock',
  '/run/k3s/containerd/containerd.sock',
  '/run/crio/crio.sock',
];

const KINDS: Readonly<Record<string, RuntimePath['is']>> = { s: 'socket', d: 'directory' };

/** What stands at the paths of container runtimes; a path with nothing there is absent. */
export const runtimeSockets = probe({
  id: 'runtime-sockets',
  reads: 'the sockets of container runtimes',
  cheap: false,
  exits: [0, 1],
  argv: () => ['find', ...RUNTIME_PATHS, '-maxdepth', '0', '-printf', '%Y %p -> %l\\n'],
  parse: (text, output): { readonly paths: readonly RuntimePath[] } => {
    const grave = linesOf(cleanText(output.stderr)).find((line) => !/^find: .*: No such file or directory$/.test(line));
    if (grave !== undefined) refuse('find complained', grave);
    return { paths: linesOf(text).map(pathOf) };
  },
});

function pathOf(line: string): RuntimePath {
  const [, kind = '', path = '', target = ''] = /^([A-Za-z?]) (\/[^ ]+) ->(?: (.*))?$/.exec(line) ?? [];
  if (!RUNTIME_PATHS.includes(path)) return refuse('not a path that was asked for', line);
  return { path, is: KINDS[kind] ?? 'other', target: target === '' ? null : target, line };
}
