import { globMatches } from './glob.ts';
import type { FoundLine } from './searched.ts';

/** Lines that belong to one interface: the one that names it, and those that say how it gets its addresses. */
interface Block {
  /** Exact names and glob patterns. */
  readonly names: readonly string[];
  readonly naming: FoundLine;
  readonly lines: readonly FoundLine[];
}

const ADDRESSING =
  /^\s*(method\s*=\s*(auto|manual|shared)|address\d*\s*=|addresses\s*=|BOOTPROTO\s*=|IPADDR\d*\s*=|DHCP\s*=|Address\s*=|address\s|iface\s|dhcp4:|addresses:)/;

/**
 * The line that has the node configure `device` again: its address or DHCP line, or the line that names it where there is none.
 * An exact name is preferred to a pattern. `null` when no file names the device.
 */
export function configuresDevice(entries: readonly FoundLine[], device: string): FoundLine | null {
  const files = Map.groupBy(entries, ({ file }) => file);
  const blocks = [...files].flatMap(([file, lines]) => blocksOf(file, lines));
  const block =
    blocks.find(({ names }) => names.includes(device)) ??
    blocks.find(({ names }) => names.some((name) => /[*?[]/.test(name) && globMatches(name, device)));
  if (block === undefined) return null;
  return block.lines.find(({ text }) => ADDRESSING.test(text)) ?? block.naming;
}

function blocksOf(file: string, lines: readonly FoundLine[]): Block[] {
  if (file.includes('/NetworkManager/')) return keyfile(lines);
  if (file.includes('/network-scripts/')) return ifcfg(file, lines);
  if (file.includes('/netplan/')) return netplan(lines);
  return file.includes('/systemd/network/') ? networkd(lines) : ifupdown(lines);
}

/** The IPv4 part of a keyfile. */
function keyfile(lines: readonly FoundLine[]): Block[] {
  const naming = lines.find(({ text }) => text.startsWith('interface-name='));
  if (naming === undefined) return [];
  return [{ names: [valueOf(naming)], naming, lines: section(lines, 'ipv4') }];
}

function networkd(lines: readonly FoundLine[]): Block[] {
  const naming = section(lines, 'Match').find(({ text }) => /^\s*Name\s*=/.test(text));
  if (naming === undefined) return [];
  return [
    {
      names: valueOf(naming).split(/\s+/),
      naming,
      lines: [...section(lines, 'Network'), ...section(lines, 'Address')],
    },
  ];
}

function ifcfg(file: string, lines: readonly FoundLine[]): Block[] {
  const naming = lines.find(({ text }) => /^\s*DEVICE\s*=/.test(text));
  const [, suffix] = /\/(?:ifcfg|route)-([^/]+)$/.exec(file) ?? [];
  const first = naming ?? lines[0];
  if (first === undefined || suffix === undefined) return [];
  return [{ names: [naming === undefined ? suffix : valueOf(naming)], naming: first, lines }];
}

/** From `iface NAME` up to the next stanza. */
function ifupdown(lines: readonly FoundLine[]): Block[] {
  const starts = lines.flatMap(({ text }, at) => (/^\s*(iface|auto|allow-hotplug)\s/.test(text) ? [at] : []));
  return starts.flatMap((start, index) => {
    const naming = lines[start];
    const [, name] = /^\s*iface\s+(\S+)\s+inet\s/.exec(naming?.text ?? '') ?? [];
    if (naming === undefined || name === undefined) return [];
    return [{ names: [name], naming, lines: lines.slice(start, starts[index + 1]) }];
  });
}

/** From `NAME:` up to the next line that is not indented deeper; a `match` name and a new name count as names. */
function netplan(lines: readonly FoundLine[]): Block[] {
  return lines.flatMap((naming, at) => {
    const [, indent = '', name] = /^( *)"?([A-Za-z0-9._*-]+)"?:\s*$/.exec(naming.text) ?? [];
    if (name === undefined || indent === '') return [];
    let end = at + 1;
    while ((lines[end]?.text.search(/[^ ]/) ?? -1) > indent.length) end += 1;
    const inside = lines.slice(at + 1, end);
    const further = inside.flatMap(({ text }) => /^\s*(?:name|set-name):\s*"?([^\s"]+)"?\s*$/.exec(text)?.[1] ?? []);
    return [{ names: [name, ...further], naming, lines: inside }];
  });
}

/** Lines below `[NAME]` up to the next section. */
function section(lines: readonly FoundLine[], name: string): FoundLine[] {
  let inside = false;
  return lines.filter(({ text }) => {
    if (/^\s*\[/.test(text)) inside = text.trim() === `[${name}]`;
    return inside;
  });
}

function valueOf({ text }: FoundLine): string {
  return text
    .slice(text.indexOf('=') + 1)
    .trim()
    .replaceAll(/^["']|["']$/g, '');
}
