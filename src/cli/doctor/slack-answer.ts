import type { SlackAnswer } from '../../adapter/slack/questions.ts';
import { type About, fault, type Item, unseen } from './item.ts';

/** An item for an answer that is none. */
export function not(about: About, answer: Exclude<SlackAnswer, { is: 'answered' }>, mend: string): Item {
  if (answer.is === 'refused') return fault(about, `Slack refused: ${answer.code}`, mend);
  return unseen(
    about,
    `Slack did not answer: ${answer.because}`,
    'Check the way to slack.com from here, then ask again.',
  );
}

/** What helps against a refusal that has nothing to do with one token alone. */
export function mendOf(answer: SlackAnswer): string {
  if (answer.is === 'refused' && answer.code === 'missing_scope') return 'Install the app again from manifest.yml.';
  return 'Look the word up at https://docs.slack.dev/reference/methods, and ask an admin of the workspace.';
}
