import { askChoice } from '../adapter/terminal/index.ts';
import type { TerminalThread } from '../adapter/terminal/index.ts';
import { CANNOT, REPEAT } from '../incident/index.ts';
import type { Message } from '../model/index.ts';

/** A question that neither the arguments nor a person at the terminal could answer. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/**
 * Answers questions as they are shown: from the arguments where they name a choice, else by asking the person. Gives the
 * token of the button to press, `null` for messages that ask nothing or were dealt with. Rejects with Unanswered.
 */
export function answering(
  terminal: TerminalThread,
  given: ReadonlyMap<string, string>,
  readLine: (() => Promise<string | null>) | null,
): (message: Message) => Promise<string | null> {
  const dealtWith = new Set<string>();
  return async (message) => {
    if (message.is !== 'question' || message.answered !== undefined || message.buttons.length === 0) return null;
    const { question, choices, buttons } = message;
    if (dealtWith.has(question)) return null;
    dealtWith.add(question);
    const named = choices.find(({ id }) => id === given.get(question));
    // Nobody is there to repeat anything, and that is an answer.
    const nobody = readLine === null && question === REPEAT ? choices.find(({ id }) => id === CANNOT) : undefined;
    const choice = named ?? nobody ?? (readLine === null ? null : await askChoice(terminal, choices, readLine));
    const button = choice === null ? undefined : buttons[choices.findIndex(({ id }) => id === choice.id)];
    if (button !== undefined) return button.token;
    const ids = choices.map(({ id }) => id).join('|');
    throw new Unanswered(`The question "${question}" needs an answer: --answer ${question}=${ids}`);
  };
}
