import type { Playbook } from './load.ts';
import { proofsOf, waysOn } from './schema.ts';
import type { PlaybookState } from './schema.ts';

/** What the ends say to the reader of a drawing. */
const ENDS = { cause: 'the cause is known', nothing: 'nothing wrong was found', unseen: 'not enough could be seen' };

/**
 * A playbook as a Mermaid flow chart: a question is a diamond, checks a box with one line each, a proof a rounded box, an end a
 * stadium. Ways that lead to the same place are one arrow. https://mermaid.js.org/syntax/flowchart.html
 */
export function graph({ file }: Playbook): string {
  const names = Object.keys(file.states);
  const node = (name: string): string => `s${names.indexOf(name)}`;
  const lines = [`  begin(["${quoted(file.button)}"]) --> ${node(file.start)}`];
  for (const [name, state] of Object.entries(file.states)) lines.push(`  ${node(name)}${shape(state)}`);
  for (const [name, state] of Object.entries(file.states)) {
    const by = Map.groupBy(waysOn(state), ([, target]) => target);
    for (const [target, ways] of by) {
      const events = ways.map(([event]) => ('ask' in state ? (state.next[event]?.button ?? event) : event));
      const label = by.size === 1 && !('ask' in state) ? '' : `|"${quoted(events.join(' or '))}"|`;
      lines.push(`  ${node(name)} -->${label} ${node(target)}`);
    }
  }
  return `flowchart TD\n${lines.join('\n')}\n`;
}

function shape(state: PlaybookState): string {
  if ('ask' in state) return `{"${quoted(state.ask)}"}`;
  if ('narrow' in state) return `["${state.narrow.map(quoted).join('<br>')}"]`;
  if ('prove' in state) return `("${proofsOf(state).map(sends).join('<br>then, for what is still open:<br>')}")`;
  return `(["${ENDS[state.end]}"])`;
}

const TARGETS = { kubelet: 'the kubelet', pod: 'a pod', service: 'a service', dns: 'the cluster DNS' } as const;

function sends({ stimulus, target }: ReturnType<typeof proofsOf>[number]): string {
  return quoted(`${stimulus} to ${TARGETS[target]}`);
}

/** Words of people inside a quoted label. */
function quoted(text: string): string {
  return text.replaceAll('&', '#amp;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;');
}
