import { setTimeout as pause } from 'node:timers/promises';
import { must } from './command.ts';

interface Link {
  ifname: string;
  flags: string[];
  operstate: string;
}

/**
 * Resolves when every interface with a carrier is operationally up. The kernel notices a carrier at most once a second
 * (net/core/link_watch.c), and only then gives the interface its link-local address: before that a node is not at rest.
 */
export async function linksReady(enter: (argv: readonly string[]) => string[]): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const links = JSON.parse(await must(enter(['ip', '-j', 'link', 'show', 'up']))) as Link[];
    const waiting = links.filter(
      ({ flags, operstate }) => flags.includes('LOWER_UP') && !['UP', 'UNKNOWN'].includes(operstate),
    );
    if (waiting.length === 0) return;
    await pause(50);
  }
  throw new Error('the interfaces of a node were not up after 5 s');
}
