import type { Pace } from './pace.ts';
import type { CallWeb } from './web.ts';
import type { ModalView } from '@slack/types';

/**
 * Opens a form. A trigger lives for 3 s, so nothing waits in front of it: no other call, and no pause that Slack asked for
 * another method. Throws TooMany, Refused (`expired_trigger_id`) or NoAnswer.
 */
export type OpenForm = (trigger: string, view: ModalView) => Promise<void>;

export function formOpener(call: CallWeb, pace: Pace): OpenForm {
  return async (trigger, view) => {
    await pace.now(() => call('views.open', { trigger_id: trigger, view }));
  };
}
