import { byId, h } from './dom.js';
import { act } from './send.js';

/** What a call can suffer, in words. @type {Record<string, string>} */
const kinds = {
  too_many: 'answers 429, too many requests',
  server_error: 'answers 500, without effect',
  server_error_after: 'answers 500 after it took effect',
  timeout: 'never answers, without effect',
  timeout_after: 'never answers, after it took effect',
  drop: 'cuts the connection, without effect',
  drop_after: 'cuts the connection after it took effect',
};

/** Numbers that can be set. @type {Record<string, string>} */
const numbers = {
  duplicate: 'Next envelopes that come twice',
  reverse: 'Next envelopes that come in the opposite order',
  dropAfterSend: 'Next envelopes after which the connection is cut',
  ackDelayMs: 'Delay of acknowledgements, ms',
  slowMs: 'Delay of every answer, ms',
  helloDelayMs: 'Delay of hello, ms',
};

/** @type {Record<string, string>} */
const flags = {
  noPong: 'Leave pings unanswered',
  holdAfterClose: 'Hold TCP open after a close',
  refuseOpen: 'Refuse new connections',
};

const reasons = ['warning', 'refresh_requested', 'link_disabled'];

/** Makes the button under the channels open the faults that this workspace can play. */
export function wireFaults() {
  byId('open-faults').addEventListener('click', () => {
    void draw({}).then(() => byId('faults').showModal());
  });
  byId('faults').addEventListener('close', () => byId('open-faults').focus());
}

/**
 * Changes the switches, and shows how they stand.
 * @param {object} wanted
 */
async function draw(wanted) {
  const chaos = (await act('chaos', wanted))?.chaos;
  if (!chaos) return;
  const dialog = byId('faults');
  const scrolled = dialog.scrollTop;
  const number = (/** @type {string} */ name, /** @type {string} */ words) =>
    labelled(
      words,
      h('input', { class: 'field', type: 'number', min: '0', value: chaos[name], onchange: setNumber(name) }),
    );
  const setNumber = (/** @type {string} */ name) => (/** @type {any} */ event) =>
    void draw({ [name]: Math.max(0, Number(event.target.value) || 0) });
  const share = Number(chaos.shareDelayMs[1]);
  dialog.replaceChildren(
    h('h2', { id: 'faults-title' }, 'Faults'),
    h('p', { class: 'quiet' }, 'What Slack and the network do on a bad day. For trying out; nothing of it lasts.'),
    calls(chaos.faults),
    h(
      'fieldset',
      { class: 'input' },
      h('legend', {}, 'The connection'),
      h(
        'div',
        { class: 'actions' },
        pressed('Cut it', () => act('drop', {})),
        reasons.map((reason) => pressed(`Disconnect: ${reason}`, () => act('disconnect', { reason }))),
        pressed('app_rate_limited', () => act('rate_limited', {})),
      ),
      Object.entries(flags).map(([name, words]) =>
        h(
          'label',
          { class: 'switch' },
          h('input', {
            type: 'checkbox',
            checked: chaos[name],
            onchange: (/** @type {any} */ event) => void draw({ [name]: event.target.checked }),
          }),
          words,
        ),
      ),
    ),
    h(
      'fieldset',
      { class: 'input grid' },
      h('legend', {}, 'Numbers'),
      Object.entries(numbers).map(([name, words]) => number(name, words)),
      labelled(
        'Files are shared after at most, ms',
        h('input', {
          class: 'field',
          type: 'number',
          min: '0',
          value: share,
          onchange: (/** @type {any} */ event) => {
            const most = Math.max(0, Number(event.target.value) || 0);
            void draw({ shareDelayMs: [Math.min(200, most), most] });
          },
        }),
      ),
    ),
    h(
      'div',
      { class: 'dialog-buttons' },
      pressed('All back to normal', () => draw({ reset: true })),
      h('button', { type: 'button', class: 'button primary', onclick: () => dialog.close() }, 'Done'),
    ),
  );
  dialog.scrollTop = scrolled;
}

/** @param {any[]} faults */
function calls(faults) {
  const method = h('input', { class: 'field', type: 'text', placeholder: 'any method', spellcheck: 'false' });
  const kind = h(
    'select',
    { class: 'select' },
    Object.entries(kinds).map(([value, words]) => h('option', { value }, words)),
  );
  const times = h('input', { class: 'field', type: 'number', min: '1', value: '1' });
  const value = (/** @type {any} */ node) => node.value.trim();
  const add = () =>
    draw({
      faults: [...faults, { method: value(method), kind: value(kind), times: Math.max(1, Number(value(times)) || 1) }],
    });
  return h(
    'fieldset',
    { class: 'input' },
    h('legend', {}, 'Calls of the app'),
    h(
      'div',
      { class: 'grid' },
      labelled('Method', method),
      labelled('What happens', kind),
      labelled('How often', times),
    ),
    h('div', { class: 'actions' }, pressed('Add this fault', add)),
    h(
      'ul',
      { class: 'kept', 'aria-label': 'Waiting faults' },
      faults.map((one) =>
        h(
          'li',
          {},
          `${one.method || 'any method'}: ${kinds[one.kind]}, ${one.times} ×`,
          h(
            'button',
            {
              type: 'button',
              class: 'plain',
              'aria-label': `Remove the fault of ${one.method || 'any method'}`,
              onclick: () => void draw({ faults: faults.filter((other) => other !== one) }),
            },
            '✕',
          ),
        ),
      ),
    ),
  );
}

/**
 * @param {string} words
 * @param {HTMLElement} field
 */
function labelled(words, field) {
  return h('label', { class: 'labelled' }, h('span', {}, words), field);
}

/**
 * @param {string} words
 * @param {() => Promise<unknown>} run
 */
function pressed(words, run) {
  return h('button', { type: 'button', class: 'button', onclick: () => void run() }, words);
}
