// Seconds since boot and the idle seconds of all CPUs together: https://man7.org/linux/man-pages/man5/proc_uptime.5.html
import { probe } from './probe.ts';
import { linesOf, refuse } from './text/lines.ts';

/** How long the node has been up, in seconds. */
export const uptime = probe({
  id: 'uptime',
  reads: 'how long the node is up',
  cheap: true,
  argv: () => ['cat', '/proc/uptime'],
  parse: (text) => {
    const [line = '', ...more] = linesOf(text);
    const [, seconds] = /^(\d{1,12}\.\d{2}) \d{1,15}\.\d{2}$/.exec(line) ?? refuse('not an uptime', text);
    if (more.length > 0) refuse('more than one line', text);
    return { seconds: Number(seconds), line };
  },
});
