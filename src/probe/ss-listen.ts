// Listening TCP sockets of the node's network namespace, with the address each is bound to (iproute2 `-H` since 4.6):
// https://man7.org/linux/man-pages/man8/ss.8.html
import { probe } from './probe.ts';
import { linesOf, refuse } from './text/lines.ts';

export interface Listener {
  /** `0.0.0.0`, `*`, `::`, `127.0.0.1`; a device after `%` is kept. */
  readonly address: string;
  readonly port: number;
  readonly line: string;
}

const LINE = /^LISTEN +\d+ +\d+ +([^ ]+):(\d{1,5}) +[^ ]+:\*$/;

/** TCP listeners over IPv4 and IPv6. */
export const ssListen = probe({
  id: 'ss-listen',
  reads: 'the listening TCP sockets',
  cheap: true,
  argv: () => ['ss', '-Hltn'],
  parse: (text) => ({ sockets: linesOf(text).map(listener) }),
});

function listener(line: string): Listener {
  const [, printed = '', digits = ''] = LINE.exec(line) ?? refuse('not a listening socket', line);
  const port = Number(digits);
  if (port > 65_535) refuse('not a port', line);
  return { address: printed.replace(/^\[(.*)\]/, '$1'), port, line };
}
