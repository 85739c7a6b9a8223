import { everybody } from './everybody.ts';
import { expiry } from './expiry.ts';
import { formError } from './form-error.ts';
import { INCIDENTS } from './incident.ts';
import { keyboard } from './keyboard.ts';
import { manyNodes } from './many-nodes.ts';
import { reconnect } from './reconnect.ts';
import { refusal } from './refusal.ts';
import { repair } from './repair.ts';
import { restart } from './restart.ts';
import type { Story } from './story.ts';
import { two } from './two.ts';

/** Every story by its name. */
export const stories: Readonly<Record<string, Story>> = {
  i1: repair(INCIDENTS.i1),
  i2: repair(INCIDENTS.i2),
  i3: repair(INCIDENTS.i3),
  i4: repair(INCIDENTS.i4),
  i5: repair(INCIDENTS.i5),
  refusal,
  expiry,
  restart,
  reconnect,
  two,
  'form-error': formError,
  'many-nodes': manyNodes,
  keyboard,
  'everybody-light': everybody('light'),
  'everybody-dark': everybody('dark'),
  'everybody-phone': everybody('phone'),
};
