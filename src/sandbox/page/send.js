import { showNotice } from './notice.js';
import { state } from './state.js';

/**
 * Does something as the signed-in user; see `gesture/index.ts` for the names and fields.
 * Resolves to the answer, or to null after it has shown why not.
 * @param {string} gesture
 * @param {object} fields
 * @returns {Promise<any>}
 */
export async function act(gesture, fields) {
  try {
    const answer = await fetch(`/page/do/${gesture}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...fields, as: state.user }),
    });
    const said = await answer.json();
    if (said.ok) return said;
    showNotice(`That did not work: ${said.error}.`);
  } catch {
    showNotice('The practice workspace does not answer. Is it still running?');
  }
  return null;
}
