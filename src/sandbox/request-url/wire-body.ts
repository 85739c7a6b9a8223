import type { Envelope } from '../socket/envelope.ts';

/** A request's body and its type. */
export interface WireBody {
  readonly type: 'application/json' | 'application/x-www-form-urlencoded';
  readonly text: string;
}

/** How HTTP carries an envelope: events as JSON, commands as a form, interactions as a form with JSON in `payload`. */
export function wireBody({ type, payload }: Envelope): WireBody {
  if (type === 'events_api') return { type: 'application/json', text: JSON.stringify(payload) };
  const fields: [string, string][] =
    type === 'slash_commands'
      ? Object.entries(payload).map(([name, value]) => [name, String(value)])
      : [['payload', JSON.stringify(payload)]];
  return { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(fields).toString() };
}
