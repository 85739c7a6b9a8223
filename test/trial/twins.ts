import { twin, TWINS } from '../story/twins.ts';

const TIMES = 100;
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/**
 * Diagnoses the healthy twin of every lab over all symptoms: `[TIMES] [LAB …]`, a hundred times and all labs unless told. True when
 * none was found sick, offered anything, or left otherwise than it was.
 */
export async function twinsTrial(args: readonly string[]): Promise<boolean> {
  const times = Number(args.find((arg) => /^\d+$/.test(arg)) ?? TIMES);
  const named = args.filter((arg) => !/^\d+$/.test(arg));
  let failures = 0;
  for (const name of named.length === 0 ? Object.keys(TWINS) : named) {
    const began = performance.now();
    const complaints = await twin(name, times);
    say(`${name}: ${times} diagnoses, ${Math.round((performance.now() - began) / 1000)} s`);
    for (const complaint of complaints) say(`  WRONG: ${complaint}`);
    failures += complaints.length;
  }
  say(failures === 0 ? 'every twin was found healthy and left as it was' : `${failures} things went wrong`);
  return failures === 0;
}
