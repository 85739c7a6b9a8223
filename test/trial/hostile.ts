import { labAvailable } from '../lab/index.ts';
import { hostileNode } from './hostile/node.ts';
import { throughShell, throughSinks } from './hostile/sinks.ts';
import { hostileStrings } from './hostile/strings.ts';

const STRINGS = 2_500;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/**
 * Shows hostile strings by every sink and hands them to a real shell, then diagnoses a real node whose interfaces have hostile names:
 * `[STRINGS] [--seed N] [--strings]`, the last without a node. True when none was obeyed.
 */
export async function hostileTrial(args: readonly string[]): Promise<boolean> {
  const seed = args.includes('--seed') ? Number(args[args.indexOf('--seed') + 1]) : Math.floor(Date.now() / 1000);
  const count = Number(args.find((arg, at) => /^\d+$/.test(arg) && args[at - 1] !== '--seed') ?? STRINGS);
  const strings = hostileStrings(count, seed);
  const complaints = [...throughSinks(strings), ...throughShell(strings)];
  say(`seed ${seed}: ${strings.length} strings through every sink and a shell`);
  const lab = labAvailable();
  if (lab === true && !args.includes('--strings')) complaints.push(...(await hostileNode(say)));
  else say(`no node: ${lab === true ? 'strings only' : lab}`);
  for (const complaint of complaints.slice(0, 50)) say(`WRONG: ${complaint}`);
  say(complaints.length === 0 ? 'nothing was obeyed' : `${complaints.length} were`);
  return complaints.length === 0;
}
