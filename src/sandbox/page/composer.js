import { byId } from './dom.js';
import { act } from './send.js';
import { state } from './state.js';

/**
 * Makes a form send what is typed: a line that begins with a slash as a command, anything else as a message.
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement} box
 * @param {() => string | null} threadTs
 */
function wire(form, box, threadTs) {
  const grow = () => {
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
  };
  box.addEventListener('input', grow);
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (text === '') return;
    box.value = '';
    grow();
    box.dispatchEvent(new Event('input'));
    const thread = threadTs();
    const fields = { channel: state.place, text, ...(thread === null ? {} : { thread_ts: thread }) };
    void act(text.startsWith('/') ? 'command' : 'say', fields);
  });
}

/** Wires both message boxes and the hint about slash commands. */
export function wireComposers() {
  const box = byId('composer-text');
  const hint = byId('command-hint');
  wire(byId('composer'), box, () => null);
  wire(byId('reply'), byId('reply-text'), () => state.thread);
  box.addEventListener('input', () => {
    const typed = box.value.split(' ')[0];
    const known = box.value.startsWith('/') ? state.commands.find((one) => one.command.startsWith(typed)) : undefined;
    hint.hidden = known === undefined;
    hint.textContent = known ? `${known.command} ${known.hint} — ${known.description}` : '';
  });
}

/**
 * Puts words into the message box and the cursor behind them.
 * @param {string} words
 */
export function fillComposer(words) {
  const box = byId('composer-text');
  box.value = words;
  box.dispatchEvent(new Event('input'));
  box.focus();
}
