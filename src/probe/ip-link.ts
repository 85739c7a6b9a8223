// `ip -o link show` prints one line per network device, its state as the kernel keeps it (RFC 2863 operational state):
// https://man7.org/linux/man-pages/man8/ip-link.8.html and https://docs.kernel.org/networking/operstates.html
import { probe } from './probe.ts';
import { isMac } from './text/address.ts';
import { namedDevices } from './text/device.ts';
import { linesOf, refuse } from './text/lines.ts';
import { Words } from './text/words.ts';

export interface Link {
  readonly index: number;
  readonly device: string;
  /** What stands after `@`: the lower device, `ifN` for one in another namespace, `NONE`; `null` without any. */
  readonly parent: string | null;
  /** Switched on by the administrator. */
  readonly up: boolean;
  /** A carrier is present. */
  readonly lowerUp: boolean;
  readonly state: string;
  readonly mtu: number;
  /** `null` for devices without an Ethernet address. */
  readonly mac: string | null;
  /** Bridge, bond or VRF that the device belongs to. */
  readonly master: string | null;
  readonly line: string;
}

const LINE = /^(\d+): ([^ ]+): <([^> ]*)> (.*?)\\ {4}(link\/.*)$/;
const VALUED = new Set(['mtu', 'qdisc', 'master', 'state', 'mode', 'group', 'qlen', 'vrf']);

/** Every device in the kernel's order. */
export const ipLink = probe({
  id: 'ip-link',
  reads: "the node's network devices",
  cheap: true,
  argv: () => ['ip', '-o', 'link', 'show'],
  parse: (text) => {
    const printed = linesOf(text).map(printedLink);
    const names = namedDevices(printed.map(({ device }) => device));
    return { links: printed.map((link, at) => ({ ...link, ...names[at] })) };
  },
});

function printedLink(line: string): Link {
  const [, index = '', device = '', flags = '', head = '', link = ''] =
    LINE.exec(line) ?? refuse('not a link line', line);
  const words = new Words(line, head);
  const said = new Map<string, string>();
  while (!words.done) {
    const word = words.take('the flags');
    if (VALUED.has(word)) said.set(word, words.take(word));
    else if (!/^xdp[a-z]*(\/id:\d+)?$/.test(word)) words.refuse(`unknown word ${JSON.stringify(word)}`);
  }
  const mtu = Number(said.get('mtu') ?? Number.NaN);
  const state = said.get('state');
  if (!Number.isSafeInteger(mtu) || state === undefined) return refuse('no MTU or no state', line);
  const [, address = ''] = link.split(' ');
  const flag = new Set(flags.split(','));
  return {
    index: Number(index),
    device,
    parent: null,
    up: flag.has('UP'),
    lowerUp: flag.has('LOWER_UP'),
    state,
    mtu,
    mac: isMac(address) ? address : null,
    master: said.get('master') ?? null,
    line,
  };
}
