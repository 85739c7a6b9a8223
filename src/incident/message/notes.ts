import type { IncidentState, Message, Rich, Watched } from '../../model/index.ts';

/** Remarks in the thread: that packets are being counted, and what went wrong. */
export function noteMessages(state: IncidentState): readonly (readonly [string, Message])[] {
  const notes: [string, Message][] = [];
  const counts = [...state.watches.map(counted), ...(state.watching ? [COUNTING] : [])];
  counts.forEach((text, at) => notes.push([at === 0 ? 'watching' : `watching ${at}`, { is: 'note', text }]));
  state.troubles.forEach((sentence, index) =>
    notes.push([`trouble ${index}`, { is: 'note', text: [{ text: sentence }] }]),
  );
  return notes;
}

const COUNTING: Rich = [
  { text: 'Sending 7 marked packets, twice, and watching where they go: at most 15 s, 1,000 packets, headers only …' },
];

function counted(watched: Watched): Rich {
  const points = watched.story.points.flatMap((point, index): Rich => [
    ...(index === 0 ? [] : [{ text: ' and ' }]),
    { code: point.device },
  ]);
  return [
    ...(watched.sent.by === 'user'
      ? [{ text: `✓ Saw ${watched.sent.count} attempts of people's own, and watched ` }]
      : [
          { text: `✓ Sent ${watched.sent.count} marked packets from ` },
          { code: watched.sent.node },
          { text: ' and watched ' },
        ]),
    ...points,
  ];
}
