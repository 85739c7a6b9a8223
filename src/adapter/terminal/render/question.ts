import type { QuestionMessage } from '../../../model/index.ts';
import { behind } from '../block.ts';
import { clockTime } from '../clock-time.ts';
import { type Line, rich, say } from '../piece.ts';

/** The question with its choices by number; once answered, one line. */
export function renderQuestion({ text, choices, answered }: QuestionMessage, width: number): readonly Line[] {
  if (answered !== undefined) {
    const chosen = choices.find((choice) => choice.id === answered.choice)?.label ?? answered.choice;
    const who = `${chosen} — @${answered.by.name}, ${clockTime(answered.at)}`;
    return behind([say('✓ ', 'good')], [say(who)], width);
  }
  const digits = String(choices.length).length;
  return [
    ...behind([say('? ', 'warn')], rich(text), width),
    ...choices.flatMap(({ label }, at) =>
      behind([say(`  ${String(at + 1).padStart(digits)}  `, 'strong')], [say(label)], width),
    ),
  ];
}
