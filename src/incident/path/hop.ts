import type { Readings } from '../../check/check.ts';
import { rpfMode } from '../../check/rpf-mode.ts';
import { quoted } from '../../model/index.ts';
import type { Gap, Hop } from '../../model/index.ts';
import { ipRouteGet, sysctlIpv4 } from '../../probe/index.ts';
import { captured } from './captured.ts';
import type { Stage } from './stages.ts';
import type { Traffic } from './traffic.ts';

type Said = ReturnType<typeof ipRouteGet.parse>;

/** What the kernel said to one stage, and how it fits a healthy way and the captures. */
export function hopOf(stage: Stage, traffic: Traffic, readings: Readings): Hop {
  const { way, end, about, lookup } = stage;
  const hop = { way, role: end.role, node: end.node.name, about };
  if (lookup === null)
    return { ...hop, ...unseen(null, 'unreachable', `not asked, for it is not known ${stage.lacks}`) };
  const answer = readings.answer(end.role, ipRouteGet, lookup);
  const reading = readings.of(end.role, ipRouteGet, lookup);
  const command = answer?.command ?? quoted(ipRouteGet.argv(lookup));
  if (reading === null || answer === null)
    return { ...hop, ...unseen(command, 'unreachable', 'not asked, for the node could not be entered') };
  if (!reading.known) return { ...hop, ...unseen(command, reading.gap, reading.detail) };
  const { counts, lost } = captured(stage, traffic, reading.value);
  const against = objection(stage, reading.value, readings) ?? lost;
  const says = [...(against === null ? [] : [against]), ...(counts === null ? [] : [counts])].join(' ');
  const { line } = reading.value;
  return { ...hop, command, line, output: answer.output, fits: against === null ? 'yes' : 'no', says };
}

function unseen(
  command: string | null,
  gap: Gap,
  why: string,
): Pick<Hop, 'command' | 'line' | 'output' | 'gap' | 'fits' | 'says'> {
  return { command, line: null, output: null, gap, fits: 'unknown', says: `${why}.` };
}

const REFUSING: ReadonlySet<string> = new Set(['unreachable', 'prohibit', 'blackhole', 'throw']);

/** Why a lookup is not what a healthy way would have it; `null` where it is. */
function objection(stage: Stage, { kind, device, via, line }: Said, readings: Readings): string | null {
  const { wanted, way, end } = stage;
  if (kind === 'local') return wanted === 'taken' ? null : `${end.node.name} takes the address for its own.`;
  if (line.startsWith('RTNETLINK')) return refusal(stage, line, readings);
  if (device === null || REFUSING.has(kind)) return `A route of type ${kind} refuses it.`;
  if (kind !== 'unicast') return `The kernel takes it for a ${kind}.`;
  if (wanted === 'taken') return `It would be sent on by ${device} instead of being taken.`;
  if (wanted === 'leaves' || wanted.by === device) return null;
  if (wanted.by === null)
    return wanted.near === true && via !== null
      ? `It is sent on by ${device} to ${via}: this node has no route to its own pod.`
      : null;
  return `It leaves by ${device}, not by ${wanted.by}, ${way === 'there' ? 'which leads to the pod' : 'by which the request came'}.`;
}

/**
 * What the kernel's errors mean for a packet, by ip_route_input_slow and fib_validate_source (net/ipv4). Since 6.14 each packet that is
 * dropped on arrival is one "Invalid argument", so what else is known of the node tells why.
 */
function refusal({ end, lookup }: Stage, line: string, readings: Readings): string {
  const { iif, from } = lookup ?? {};
  if (line.endsWith('Network is unreachable')) return 'No route leads there.';
  if (line.endsWith('Permission denied')) return 'A route prohibits it.';
  if (line.endsWith('No route to host'))
    return iif === undefined
      ? 'A route says that it is unreachable.'
      : `It is not forwarded: forwarding of ${iif} is off, or a route says unreachable.`;
  if (!line.endsWith('Invalid argument') && !line.endsWith('cross-device link')) return 'The kernel refuses it.';
  if (iif === undefined) return 'A blackhole route swallows it.';
  const source = from === undefined ? null : readings.of(end.role, ipRouteGet, { to: from });
  if (source?.known === true && source.value.kind === 'local')
    return `It is dropped on arrival: ${end.node.name} takes its source ${from} for an address of its own.`;
  const sysctls = readings.of(end.role, sysctlIpv4, {});
  const strict = sysctls?.known === true && rpfMode(sysctls.value, iif) === 'strict';
  if (strict || line.endsWith('cross-device link'))
    return `It is dropped on arrival: ${iif} filters strictly by reverse path, and the way back does not lead by ${iif}.`;
  return 'It is dropped on arrival: its source is taken for an own or an impossible one, or a blackhole route swallows it.';
}
