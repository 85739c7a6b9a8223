// A VXLAN device says with which VNI and port it encapsulates; what arrives inside with another MAC than the device's own is
// taken for somebody else's. `ip -d link` prints both (iproute2 3.8 to 6.x): https://man7.org/linux/man-pages/man8/ip-link.8.html
import { probe } from './probe.ts';
import { address, isMac } from './text/address.ts';
import { namedDevices } from './text/device.ts';
import { linesOf, refuse, wholeNumber, wordsOf } from './text/lines.ts';

export interface VxlanLink {
  readonly device: string;
  readonly up: boolean;
  readonly mac: string;
  /** `null` for a device that takes every VNI (`external`). */
  readonly vni: number | null;
  /** UDP port of the outer packets. */
  readonly port: number;
  /** Source address of the outer packets; `null` where the route decides. */
  readonly local: string | null;
  /** Device that the outer packets leave by; `null` where the route decides. */
  readonly lower: string | null;
  readonly line: string;
}

const LINE = /^\d+: ([^ ]+): <([^> ]*)> .*?\\ {4}link\/ether ([^ ]+) [^\\]*\\ {4}vxlan (.*)$/;

/** Every VXLAN device; `{links: []}` where there is none. */
export const vxlanLink = probe({
  id: 'vxlan-link',
  reads: 'the VXLAN devices',
  cheap: false,
  argv: () => ['ip', '-o', '-d', 'link', 'show', 'type', 'vxlan'],
  parse: (text) => {
    const links = linesOf(text).map(vxlan);
    const names = namedDevices(links.map(({ device }) => device));
    return { links: links.map((link, at) => ({ ...link, device: names[at]?.device ?? link.device })) };
  },
});

function vxlan(line: string): VxlanLink {
  const [, device = '', flags = '', mac = '', rest = ''] = LINE.exec(line) ?? refuse('not a VXLAN device', line);
  if (!isMac(mac)) refuse('not a MAC address', line);
  const words = wordsOf(rest);
  const after = (word: string): string | null => words[words.indexOf(word) + 1] ?? null;
  const said = (word: string): string | null => (words.includes(word) ? after(word) : null);
  const vni = said('id');
  const local = said('local');
  if (vni === null && !words.includes('external')) refuse('no VNI', line);
  return {
    device,
    up: flags.split(',').includes('UP'),
    mac,
    vni: vni === null ? null : wholeNumber(vni, line),
    port: wholeNumber(said('dstport') ?? undefined, line),
    local: local === null ? null : address(local, line),
    lower: said('dev'),
    line,
  };
}
