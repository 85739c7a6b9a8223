import { byId } from './dom.js';
import { opensMenu } from './menu.js';
import { act } from './send.js';
import { state } from './state.js';

/** Makes the ⚡ button of the message box offer the app's global shortcuts and its commands. */
export function wireShortcuts() {
  opensMenu(byId('shortcuts'), () => [
    ...state.shortcuts
      .filter((one) => one.type === 'global')
      .map((one) => ({
        words: one.name,
        more: one.description,
        run: () => void act('shortcut', { callback_id: one.callbackId }),
      })),
    ...state.commands.map((one) => ({
      words: one.command,
      more: one.description,
      run: () => {
        const box = byId('composer-text');
        box.value = `${one.command} `;
        box.dispatchEvent(new Event('input'));
        box.focus();
      },
    })),
  ]);
}

/**
 * What can be done with a message: the app's shortcuts for messages, its link, its thread.
 * @param {any} message
 * @param {(() => void) | null} openThread
 * @returns {import('./menu.js').Entry[]}
 */
export function messageEntries(message, openThread) {
  const where = { channel: message.channel, message_ts: message.ts };
  return [
    ...(openThread ? [{ words: 'Reply in thread', run: openThread }] : []),
    ...state.shortcuts
      .filter((one) => one.type === 'message')
      .map((one) => ({
        words: one.name,
        more: one.description,
        run: () => void act('message_shortcut', { ...where, callback_id: one.callbackId }),
      })),
    {
      words: 'Copy link',
      run: () =>
        void navigator.clipboard.writeText(
          `${location.origin}/archives/${message.channel}/p${message.ts.replace('.', '')}${message.thread_ts ? `?thread_ts=${message.thread_ts}` : ''}`,
        ),
    },
  ];
}
