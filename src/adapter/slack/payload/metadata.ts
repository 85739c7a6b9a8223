import { z } from 'zod';
import type { Source } from '../inbound.ts';

const place = z.object({
  channel: z.string(),
  thread: z.string().nullable(),
  home: z.literal(true).optional(),
  message: z.string().optional(),
});

/** What the form for a node remembers: where it was asked for, or nothing. */
export const formMemory = z.object({ place: place.nullable() });
/** What the forms for a reason and for a signature remember. Whoever could forge it could press the button as well: the journal decides. */
export const reasonMemory = z.object({ token: z.string(), place });

/** Where somebody acted, as a form remembers it. */
export function remembered({ place: { channel, thread }, home, message }: Source): z.infer<typeof place> {
  return {
    channel,
    thread,
    ...(home === undefined ? {} : { home }),
    ...(message === undefined ? {} : { message }),
  };
}

/** The JSON in `private_metadata`; null where it is none or holds something else. */
export function recalled<T>(schema: z.ZodType<T>, json: string): T | null {
  try {
    return schema.parse(JSON.parse(json));
  } catch {
    return null;
  }
}
