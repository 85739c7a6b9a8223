import { fillComposer } from './composer.js';
import { byId, h } from './dom.js';
import { state } from './state.js';

/** Draws the practice incidents, those that look alike under one heading; a press fills the message box with its command. */
export function drawTour() {
  const tour = byId('tour');
  tour.hidden = state.tour.length === 0;
  const groups = Map.groupBy(state.tour, (stop) => stop.group ?? stop.node);
  tour.replaceChildren(
    h('h2', {}, 'Try it'),
    h(
      'div',
      { class: 'cards' },
      [...groups.values()].map((stops) => (stops[0].group === undefined ? card(stops[0]) : group(stops))),
    ),
  );
}

function group(stops) {
  return h(
    'section',
    { class: 'card group', 'aria-label': stops[0].group },
    h('h3', {}, stops[0].group),
    stops.map((stop) =>
      h(
        'button',
        { type: 'button', onclick: () => begin(stop) },
        h('span', {}, stop.text),
        h('code', {}, command(stop)),
      ),
    ),
  );
}

function card(stop) {
  return h(
    'button',
    { type: 'button', class: 'card', onclick: () => begin(stop) },
    h('strong', {}, stop.title),
    h('span', {}, stop.text),
    h('code', {}, command(stop)),
  );
}

function begin(stop) {
  fillComposer(command(stop));
}

function command({ node }) {
  return `${state.commands[0]?.command ?? '/netdiag'} ${node}`;
}
