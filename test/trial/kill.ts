import { isDeepStrictEqual } from 'node:util';
import { nodeCommands } from '../../src/model/index.ts';
import { startLab } from '../lab/index.ts';
import type { Lab } from '../lab/index.ts';
import { outlive, STORIES } from '../story/lives.ts';
import type { Outlived, Where } from '../story/lives.ts';
import type { Death } from '../story/mortal.ts';
import { difference, ledgerOf } from '../story/node.ts';
import { essence, tooOften } from '../story/whole.ts';

type Incident = keyof typeof STORIES;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/**
 * Kills netdiag at every record of both founding incidents, just before it is written and just after, and compares each story
 * with the one in which it lived. `--lab`: on real nodes, which takes about an hour. True when all ended the same.
 */
export async function killTrial(args: readonly string[]): Promise<boolean> {
  let failures = 0;
  for (const incident of Object.keys(STORIES) as Incident[]) {
    for (const when of ['after', 'before'] as const) {
      failures += args.includes('--lab')
        ? await inLab(incident, when)
        : await everyRecord(incident, when, { recording: incident }, () => Promise.resolve([]));
    }
  }
  say(failures === 0 ? 'every story ended the same' : `${failures} stories went wrong`);
  return failures === 0;
}

/**
 * One story per record, until two in a row found no record left to die at: one alone may only have missed the moment. `after`
 * brings complaints about what a story left behind.
 */
async function everyRecord(
  incident: Incident,
  when: Death['when'],
  where: Where,
  after: (story: Outlived) => Promise<readonly string[]>,
): Promise<number> {
  const script = STORIES[incident];
  const lived = await outlive(where, script, () => undefined);
  await after(lived);
  let [failures, survived] = [0, 0];
  for (let at = 1; survived < 2; at += 1) {
    const died = await outlive(where, script, (life) => (life === 0 ? { when, at } : undefined));
    const complaints = [...differences(died, lived), ...tooOften(died), ...(await after(died))];
    survived = died.lives === 1 ? survived + 1 : 0;
    if (survived > 0) continue;
    const death = died.seen.find((one) => 'died' in one);
    say(`${incident}: killed ${when} record ${at}, ${death === undefined ? '?' : death.died}: ${died.state.outcome}`);
    for (const complaint of complaints) say(`  WRONG: ${complaint}`);
    failures += complaints.length > 0 ? 1 : 0;
  }
  return failures;
}

function differences(died: Outlived, lived: Outlived): string[] {
  const [one, other] = [essence(died), essence(lived)];
  return Object.keys(other)
    .filter((what) => !isDeepStrictEqual(one[what], other[what]))
    .map((what) => `${what}: ${JSON.stringify(one[what])} instead of ${JSON.stringify(other[what])}`);
}

async function inLab(incident: Incident, when: Death['when']): Promise<number> {
  const lab = await startLab(incident, { prefix: 'trial', dialTimeoutMs: 2000 });
  try {
    const { node } = STORIES[incident];
    const before = await lab.nodeState(node);
    return await everyRecord(incident, when, { lab }, (story) => undone(lab, before, story));
  } finally {
    await lab.down();
  }
}

/** Brings the fault back by the plan's own undo, so that the next story finds the node as this one did. */
async function undone(lab: Lab, before: string, { state }: Outlived): Promise<readonly string[]> {
  const offer = state.offers.find(({ plan }) => plan.id === state.change?.plan);
  const entries = (await ledgerOf(lab, state.node)).filter(({ fix }) => fix === offer?.plan.id);
  for (const { argv } of nodeCommands(offer?.plan.undo ?? [])) await lab.exec(state.node, argv);
  return [
    ...(entries.length === 1 && entries[0]?.state === 'confirmed'
      ? []
      : [`the ledger says ${JSON.stringify(entries)}`]),
    ...difference(before, await lab.nodeState(state.node)),
  ];
}
