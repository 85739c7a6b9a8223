import type { Choice } from '../../model/index.ts';
import type { TerminalThread } from './thread.ts';

/**
 * Asks for one of the choices that a shown question has, by number or by id, until one is named.
 * `readLine` gives the next line typed, without its end, and `null` when no more will come; then so does this.
 */
export async function askChoice(
  thread: Pick<TerminalThread, 'ask' | 'answered' | 'say'>,
  choices: readonly Choice[],
  readLine: () => Promise<string | null>,
): Promise<Choice | null> {
  if (choices.length === 0) return null;
  for (;;) {
    thread.ask(`Your answer (1–${choices.length}): `);
    const line = await readLine();
    thread.answered();
    if (line === null) return null;
    const chosen = choiceOf(line.trim(), choices);
    if (chosen !== null) return chosen;
    thread.say(`"${line.trim().slice(0, 60)}" is none of the answers. Type a number from 1 to ${choices.length}.`);
  }
}

function choiceOf(typed: string, choices: readonly Choice[]): Choice | null {
  const exact = choices.find((choice) => choice.id === typed);
  if (exact !== undefined) return exact;
  return /^[1-9]\d{0,2}$/.test(typed) ? (choices[Number(typed) - 1] ?? null) : null;
}
