import type { Choice, Meaning, Person } from '../../model/index.ts';
import { lookFailed } from '../change/again.ts';
import { close } from '../close.ts';
import { everKept } from '../change/past.ts';
import { record, set, token, trouble, want } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** Id of the first question. */
export const SYMPTOM = 'symptom';

/** A question that nobody answers for this long is given up, so that the node is free to be asked about again. */
const PATIENCE_MS = 60 * 60_000;
const UNANSWERED = 'unanswered ';

/** Asks the first question: which symptom. */
export function askSymptom(turn: Turn): void {
  const choices = [...turn.house.playbooks.values()].map(({ playbook }) => ({
    id: playbook.file.id,
    label: playbook.file.button,
  }));
  offerAnswers(turn, SYMPTOM, 'What do you see?', choices);
}

/** Puts a question with a button per choice into the thread; a question that is there already stays as it is. */
export function offerAnswers(turn: Turn, question: string, text: string, choices: readonly Choice[]): void {
  if (turn.state.questions.some((asked) => asked.question === question)) return;
  const buttons = choices.map((choice) => ({ token: token(turn), label: choice.label }));
  const meanings: Record<string, Meaning> = { ...turn.state.buttons };
  choices.forEach((choice, index) => {
    const button = buttons[index];
    if (button !== undefined) meanings[button.token] = { means: 'answer', question, choice: choice.id };
  });
  set(turn, { questions: [...turn.state.questions, { question, text, choices, buttons }], buttons: meanings });
  want(turn, { do: 'wake', name: `${UNANSWERED}${question}`, at: turn.event.at + PATIENCE_MS });
}

/** The time to answer a question is over. */
export function giveUp(turn: Turn, wake: string): void {
  const asked = turn.state.questions.find(({ question }) => wake === `${UNANSWERED}${question}`);
  const { life, userAnswers } = turn.state;
  if (asked === undefined || userAnswers.some(({ question }) => question === asked.question)) return;
  if (life !== 'opened' && life !== 'diagnosing') return;
  record(turn, [{ text: `Nobody answered: ${asked.text}` }]);
  if (lookFailed(turn, `Nobody answered "${asked.text}" within an hour.`, true)) return;
  const kept = everKept(turn.state).length === 0 ? 'Nothing was changed.' : 'What was approved and done before stays.';
  trouble(turn, `Nobody answered "${asked.text}" within an hour, so I stopped. ${kept}`);
  close(turn, 'aborted');
}

/** Keeps an answer. False when the question was answered before: the first answer stands. */
export function takeAnswer(turn: Turn, question: string, choice: string, by: Person): boolean {
  if (turn.state.userAnswers.some((given) => given.question === question)) return false;
  const label = turn.state.questions
    .find((asked) => asked.question === question)
    ?.choices.find(({ id }) => id === choice)?.label;
  set(turn, { userAnswers: [...turn.state.userAnswers, { question, choice, by, at: turn.event.at }] });
  record(turn, [{ person: by }, { text: ` answered: ${label ?? choice}` }]);
  return true;
}
