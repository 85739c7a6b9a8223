import type { IncidentState } from '../../src/model/index.ts';
import { startLab } from '../lab/index.ts';
import { cured } from '../story/cure.ts';
import { curesNamed } from '../story/cures.ts';
import type { Cure } from '../story/cures.ts';

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/**
 * Plays every incident on real nodes from the command to the end and judges what it left behind. Arguments name the stories; none:
 * all. True when all went as they should.
 */
export async function repairTrial(args: readonly string[]): Promise<boolean> {
  let failures = 0;
  for (const cure of curesNamed(args)) failures += (await complaints(cure)) > 0 ? 1 : 0;
  say(failures === 0 ? 'every story went as it should' : `${failures} stories went wrong`);
  return failures === 0;
}

async function complaints(cure: Cure): Promise<number> {
  const lab = await startLab(cure.lab, { prefix: 'trial', dialTimeoutMs: 2000 });
  const began = performance.now();
  try {
    const { complaints, ending } = await cured(lab, cure).catch((error: unknown) => ({
      complaints: [error instanceof Error ? error.message : String(error)],
      ending: null,
    }));
    const { outcome, offers } = ending?.state ?? { outcome: null, offers: [] };
    const approved = offers.filter(({ state }) => state === 'approved').map(({ plan }) => plan.remediation);
    const seconds = Math.round((performance.now() - began) / 1000);
    say(`${cure.name}: ${String(outcome)} by ${approved.join(', ') || 'nothing'}, ${seconds} s`);
    for (const complaint of complaints) say(`  WRONG: ${complaint}`);
    for (const sentence of complaints.length > 0 ? (ending?.state.troubles ?? []) : []) say(`  it said: ${sentence}`);
    if (complaints.length > 0 && ending !== null) explain(ending.state);
    return complaints.length;
  } finally {
    await lab.down();
  }
}

/** What a story that went wrong has seen: enough to know where to look. */
function explain({ past, change, ruledOut, unseen, watches }: IncidentState): void {
  for (const { seen } of [...past, ...(change === null ? [] : [change])]) say(`  it saw: ${seen ?? 'nothing'}`);
  for (const sentence of ruledOut) say(`  it ruled out: ${sentence}`);
  for (const { role, detail } of unseen) say(`  it could not see (${role}): ${detail}`);
  for (const { sent, story, counters } of watches)
    say(`  packets to ${sent.to}: ${story.fate}, ${counters.map(({ counter }) => counter).join(', ')}`);
}
