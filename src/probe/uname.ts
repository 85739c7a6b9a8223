// The kernel's release decides which counters and settings exist: https://man7.org/linux/man-pages/man1/uname.1.html
import { probe } from './probe.ts';
import { linesOf, refuse } from './text/lines.ts';

/** Kernel release, as `3.10.0-1160.el7.x86_64`, and machine. */
export const uname = probe({
  id: 'uname',
  reads: "the kernel's version",
  cheap: true,
  argv: () => ['uname', '-srm'],
  parse: (text) => {
    const [line = '', ...more] = linesOf(text);
    const [, release = '', machine = ''] =
      /^Linux (\d+\.[^ ]+) ([a-z\d_]+)$/.exec(line) ?? refuse('not a Linux kernel', text);
    if (more.length > 0) refuse('more than one line', text);
    return { release, machine, line };
  },
});
