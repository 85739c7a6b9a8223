import { join } from 'node:path';
import { startDaemon } from './daemon.ts';
import { inNode } from './node.ts';
import { livingPid } from './pid-file.ts';
import type { PodSpec } from './topology/spec.ts';

/** Accepts and closes: handshakes alone would be completed by the kernel, but only until the queue is full. perl-base is on every Debian. */
export const LISTEN =
  'use Socket; socket(S,PF_INET,SOCK_STREAM,0) or die $!; bind(S,sockaddr_in($ARGV[0],INADDR_ANY)) or die $!;' +
  'listen(S,128) or die $!; open(R,">&=",3); syswrite(R,"ready\\n"); close(R); accept(C,S) && close(C) while 1;';

/** Starts what listens on a pod's port; nothing where it has none. `directory` is its node's. */
export async function startPodListener(directory: string, { netns, listens }: PodSpec): Promise<void> {
  if (listens === undefined) return;
  const enter = ['nsenter', `--net=/proc/${livingPid(join(directory, 'init.pid'))}/root/run/netns/${netns}`, '--'];
  const argv = inNode(directory, [...enter, 'perl', '-e', LISTEN, String(listens)], 'without-mounts');
  await startDaemon({ name: `listener-${netns}`, directory, argv });
}
