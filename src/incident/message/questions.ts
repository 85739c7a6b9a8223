import type { IncidentState, Message, QuestionMessage } from '../../model/index.ts';

/** One message per question; an answered one has no buttons. */
export function questionMessages(state: IncidentState): readonly (readonly [string, Message])[] {
  return state.questions.map(({ question, text, choices, buttons }) => {
    const given = state.userAnswers.find((answer) => answer.question === question);
    const over = given !== undefined || state.life === 'closed';
    const message: QuestionMessage = {
      is: 'question',
      question,
      text: [{ text }],
      choices,
      buttons: over ? [] : buttons,
      ...(given === undefined
        ? {}
        : { answered: { choice: label(choices, given.choice), by: given.by, at: given.at } }),
    };
    return [`question ${question}`, message] as const;
  });
}

function label(choices: QuestionMessage['choices'], id: string): string {
  return choices.find((choice) => choice.id === id)?.label ?? id;
}
