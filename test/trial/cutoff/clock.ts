import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../lab/index.ts';

const OFFSET = '/etc/faketimerc';
/** Half a minute is what a node's clock may be wrong by; an hour and a day are what time zones and dead batteries do. */
const JUMPS = ['+40', '-40', '+3600', '-3600', '+86400', '-86400'] as const;

/** Debian's package `faketime`, which puts another time before programs (https://github.com/wolfcw/libfaketime); null where it is absent. */
export function faketime(): string | null {
  const place = '/usr/lib';
  return (
    readdirSync(place)
      .map((triplet) => join(place, triplet, 'faketime', 'libfaketime.so.1'))
      .find((path) => existsSync(path)) ?? null
  );
}

/** From now on whoever comes by SSH sees a clock that can be made to jump. Throws where the library is absent. */
export async function ownClock(lab: Lab, node: string): Promise<void> {
  const library = faketime();
  if (library === null)
    throw new Error('the node cannot have a clock of its own: the package faketime is not installed');
  const set = `SetEnv LD_PRELOAD=${library} FAKETIME_TIMESTAMP_FILE=${OFFSET} FAKETIME_NO_CACHE=1 FAKETIME_DISABLE_SHM=1 DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1`;
  const script = `echo +0 >${OFFSET} && echo "$1" >>/etc/ssh/sshd_config && kill -HUP "$(cat /run/sshd.pid)"`;
  await lab.exec(node, ['sh', '-c', script, '_', set]);
  await lab.exec(node, ['sh', '-c', 'until ss -Hltn sport = :22 | grep -q LISTEN; do sleep 0.05; done']);
}

/** The clock of the node jumps; the timers of the kernel do not. */
export async function jump(lab: Lab, node: string, draw: (below: number) => number): Promise<void> {
  const by = JUMPS[draw(JUMPS.length)] ?? JUMPS[0];
  await lab.exec(node, ['sh', '-c', `echo "$1" >${OFFSET}`, '_', by]);
}
