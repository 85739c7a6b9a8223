import { fillComposer } from './composer.js';
import { byId, h } from './dom.js';
import { state } from './state.js';

/** Draws a card for each practice incident; a press fills the message box with its command. */
export function drawTour() {
  const tour = byId('tour');
  tour.hidden = state.tour.length === 0;
  const command = state.commands[0]?.command ?? '/netdiag';
  tour.replaceChildren(
    h('h2', {}, 'Try it'),
    h(
      'div',
      { class: 'cards' },
      state.tour.map((stop) =>
        h(
          'button',
          { type: 'button', class: 'card', onclick: () => fillComposer(`${command} ${stop.node}`) },
          h('strong', {}, stop.title),
          h('span', {}, stop.text),
          h('code', {}, `${command} ${stop.node}`),
        ),
      ),
    ),
  );
}
