import { labAvailable } from '../lab/index.ts';
import { throughFiles } from './hostile/files.ts';
import { throughFilters } from './hostile/filters.ts';
import { throughFloods } from './hostile/floods.ts';
import { throughLogins } from './hostile/logins.ts';
import { hostileNode } from './hostile/node.ts';
import { throughShell, throughSinks } from './hostile/sinks.ts';
import { hostileStrings } from './hostile/strings.ts';

const STRINGS = 2_500;

type Say = (line: string) => void;
type Part = (say: Say, seed: number) => Promise<readonly string[]>;

const say: Say = (line) => void process.stdout.write(`${line}\n`);

/** What needs real nodes, each by itself. */
const PARTS: Readonly<Record<string, Part>> = {
  names: hostileNode,
  filters: throughFilters,
  floods: throughFloods,
  logins: throughLogins,
  files: throughFiles,
};

/**
 * Attacks everything that reads what others wrote: `[STRINGS] [--seed N] [--strings] [PART …]`. Strings by every sink and through a
 * real shell; names of interfaces on a real node, under an execve trace; filters; commands that print without end; a node whose
 * every answer is the attacker's; broken captures and recordings. `--strings`: without a node. True when nothing was obeyed, all
 * of it ended in time, and neither memory nor the event loop was taken away.
 */
export async function hostileTrial(args: readonly string[]): Promise<boolean> {
  const seed = args.includes('--seed') ? Number(args[args.indexOf('--seed') + 1]) : Math.floor(Date.now() / 1000);
  const count = Number(args.find((arg, at) => /^\d+$/.test(arg) && args[at - 1] !== '--seed') ?? STRINGS);
  const named = Object.keys(PARTS).filter((part) => args.includes(part));
  const complaints: string[] = [];
  if (named.length === 0) {
    const strings = hostileStrings(count, seed);
    complaints.push(...throughSinks(strings), ...throughShell(strings));
    say(`seed ${seed}: ${strings.length} strings through every sink and a shell`);
  }
  const lab = labAvailable();
  if (lab === true && !args.includes('--strings')) {
    for (const [name, part] of Object.entries(PARTS)) {
      if (named.length > 0 && !named.includes(name)) continue;
      say(name);
      const wrong = await part(say, seed).catch((error: unknown) => [`${name} came to no end: ${String(error)}`]);
      for (const complaint of wrong.slice(0, 20)) say(`  WRONG: ${complaint}`);
      complaints.push(...wrong);
    }
  } else say(`no node: ${lab === true ? 'strings only' : lab}`);
  if (complaints.length > 0) for (const complaint of complaints.slice(0, 50)) say(`WRONG: ${complaint}`);
  say(complaints.length === 0 ? 'nothing was obeyed' : `${complaints.length} were`);
  return complaints.length === 0;
}
