import { collector, printed } from './check-message.ts';
import { option } from './option.ts';
import { list } from './rule.ts';

/** Every fault of the options that an app suggests for an external select; at most 100 may come. */
export function checkOptions(options: unknown): string[] {
  const { faults, tell } = collector();
  list(option, 100)(options, '/options', tell);
  return printed(faults);
}
