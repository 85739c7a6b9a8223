import { startLab } from '../lab/index.ts';
import type { Case } from '../story/rerun.ts';
import { CASES, rerun, shownBy } from '../story/rerun.ts';
import { tell } from '../story/tell.ts';

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/**
 * Diagnoses every fault of the lab and runs each command that is shown as evidence by hand, on its node. Arguments name the labs;
 * none: all. True when every command says what was shown.
 */
export async function evidenceTrial(args: readonly string[]): Promise<boolean> {
  let failures = 0;
  for (const one of CASES.filter(({ lab }) => args.length === 0 || args.includes(lab)))
    failures += await complaints(one);
  say(failures === 0 ? 'every command says what was shown' : `${failures} commands say something else, or nothing`);
  return failures === 0;
}

async function complaints({ lab: name, node, symptom, more, codes }: Case): Promise<number> {
  const lab = await startLab(name, { prefix: 'trial', dialTimeoutMs: 2000 });
  try {
    if (more !== undefined) await lab.exec(node, more);
    const { state } = await tell(lab, { node, symptom }).ending();
    const found = state.findings.map(({ code }) => code);
    const shown = shownBy(state);
    const wrong: string[] = found.join() === codes.join() ? [] : [`found ${found.join(', ')}, not ${codes.join(', ')}`];
    for (const one of shown) wrong.push(...((await rerun(lab, one)) ?? '').split('\n\n').filter(Boolean));
    say(`${name}${more === undefined ? '' : `, ${more.join(' ')}`}: ${found.join(', ')}: ${shown.length} commands`);
    for (const complaint of wrong) say(`  WRONG: ${complaint}`);
    return wrong.length;
  } finally {
    await lab.down();
  }
}
