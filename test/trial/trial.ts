/**
 * Long trials, each a command: `npm run trial -- kill [--lab]`, `npm run trial -- fuzz [INPUTS] [--seed N] [--only INDEX]`,
 * `npm run trial -- throughput [MEGABYTES]`, `npm run trial -- evidence [LAB …]`,
 * `npm run trial -- approval [HISTORIES] [--seed N]`, `npm run trial -- hostile [STRINGS] [--seed N] [--strings] [PART …]`,
 * `npm run trial -- cutoff [TIMES] [KIND …] [--good N] [--seed N] [--jobs N] [--minutes N]`,
 * `npm run trial -- lost [SECONDS]`,
 * `npm run trial -- repair [STORY …]`,
 * `npm run trial -- undo [LAB …]`,
 * `npm run trial -- twins [TIMES] [LAB …]`,
 * `npm run trial -- workspace [LAB …]`,
 * `npm run trial -- page [STORY …]`,
 * `npm run trial -- owned [ATTEMPTS] [--seed N] [--holes]`,
 * `npm run trial -- wander [NIGHTS] [--seed N]`,
 * `npm run trial -- chaos [PART OF A NAME …]`,
 * `npm run trial -- progress [SECONDS]`.
 */
import { approvalTrial } from './approval.ts';
import { chaosTrial } from './chaos.ts';
import { cutoffTrial } from './cutoff.ts';
import { evidenceTrial } from './evidence.ts';
import { fuzzTrial } from './fuzz.ts';
import { hostileTrial } from './hostile.ts';
import { killTrial } from './kill.ts';
import { lostTrial } from './lost.ts';
import { ownedTrial } from './owned.ts';
import { pageTrial } from './page.ts';
import { progressTrial } from './progress.ts';
import { repairTrial } from './repair.ts';
import { throughputTrial } from './throughput.ts';
import { twinsTrial } from './twins.ts';
import { undoTrial } from './undo.ts';
import { wanderTrial } from './wander.ts';
import { workspaceTrial } from './workspace.ts';

const trials: Readonly<Record<string, (args: readonly string[]) => Promise<boolean>>> = {
  fuzz: fuzzTrial,
  kill: killTrial,
  throughput: throughputTrial,
  evidence: evidenceTrial,
  hostile: hostileTrial,
  approval: approvalTrial,
  cutoff: cutoffTrial,
  lost: lostTrial,
  repair: repairTrial,
  undo: undoTrial,
  twins: twinsTrial,
  workspace: workspaceTrial,
  page: pageTrial,
  owned: ownedTrial,
  wander: wanderTrial,
  chaos: chaosTrial,
  progress: progressTrial,
};

const [name = '', ...args] = process.argv.slice(2);
const trial = trials[name];
if (trial === undefined) {
  process.stderr.write(`usage: npm run trial -- ${Object.keys(trials).join(' | ')}\n`);
  process.exitCode = 2;
} else {
  process.exitCode = (await trial(args)) ? 0 : 1;
}
