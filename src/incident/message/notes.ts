import type { IncidentState, Message, Rich } from '../../model/index.ts';

/** Remarks in the thread: that packets are being counted, and what went wrong. */
export function noteMessages(state: IncidentState): readonly (readonly [string, Message])[] {
  const notes: [string, Message][] = [];
  if (state.watching || state.watched !== null) notes.push(['watching', { is: 'note', text: counting(state) }]);
  state.troubles.forEach((sentence, index) =>
    notes.push([`trouble ${index}`, { is: 'note', text: [{ text: sentence }] }]),
  );
  return notes;
}

function counting(state: IncidentState): Rich {
  const { watched } = state;
  if (watched === null)
    return [{ text: 'Sending 7 marked packets and watching where they go: at most 15 s, 500 packets, headers only …' }];
  const points = watched.story.points.flatMap((point, index): Rich => [
    ...(index === 0 ? [] : [{ text: ' and ' }]),
    { code: point.device },
  ]);
  return [
    { text: `✓ Sent ${watched.sent.count} marked packets from ` },
    { code: watched.sent.node },
    { text: ' and watched ' },
    ...points,
  ];
}
