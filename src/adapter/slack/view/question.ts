import type { QuestionMessage } from '../../../model/index.ts';
import type { Rendering } from './block.ts';
import { buttons, fallback, rich, section } from './block.ts';
import { clip, inert } from './clean.ts';
import { person, plain, strong, text, when, words } from './rich.ts';

/** One question with its buttons; once answered, one line that says what, who and when. */
export function question(message: QuestionMessage): Rendering {
  const { answered } = message;
  if (answered !== undefined) {
    const label = message.choices.find((choice) => choice.id === answered.choice)?.label ?? answered.choice;
    return {
      text: fallback(`✓ ${label}`, `@${inert(answered.by.name)}`),
      blocks: [
        rich(
          section(
            ...text('✓ '),
            ...strong(clip(label, 150)),
            ...text(' — '),
            ...person(answered.by),
            ...text(', '),
            ...when(answered.at),
          ),
        ),
      ],
    };
  }
  return {
    text: fallback(plain(message.text), message.choices.map((choice) => choice.label).join(' / ')),
    blocks: [rich(section(...words(message.text, 2500))), ...buttons(message.buttons)],
  };
}
