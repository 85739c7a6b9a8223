import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** What `apply` was asked for. */
export interface ApplyRequest {
  /** Id of the incident, the beginning of one, or the name of its node. */
  readonly incident: string;
  readonly letter: string;
  readonly verb: 'approve' | 'break-glass' | 'reject' | 'revoke';
  /** Why, for `break-glass` and `reject`; empty for none. */
  readonly reason: string;
  /** Armored; absent: none was given. */
  readonly signature: string | undefined;
  /** Do not ask whether it is meant. */
  readonly yes: boolean;
  /** The journal, where it is not the configured one. */
  readonly journal: string | undefined;
}

/** Reads the arguments of `apply`; a sentence where they are wrong. `read` gives the text of the signature's file. */
export function applyRequest(
  args: readonly string[],
  read: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): ApplyRequest | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        signature: { type: 'string' },
        'break-glass': { type: 'string' },
        reject: { type: 'string' },
        revoke: { type: 'boolean' },
        yes: { type: 'boolean' },
        journal: { type: 'string' },
      },
    });
    const [incident, letter, ...more] = positionals;
    if (incident === undefined || letter === undefined || more.length > 0)
      return 'apply wants an incident and the letter of a fix: netdiag apply ip-10-0-10-207 A';
    if (!/^[A-Za-z0-9.-]{1,253}$/.test(incident))
      return 'That is neither the id of an incident nor the name of a node.';
    if (!/^[A-Z]$|^\d{1,3}$/.test(letter)) return 'A fix has a letter: A, B …';
    const { 'break-glass': alone, reject, revoke, journal } = values;
    if ([alone, reject, revoke].filter((one) => one !== undefined).length > 1)
      return '--break-glass, --reject and --revoke exclude each other.';
    if (alone !== undefined && alone.trim() === '') return '--break-glass wants a reason: everybody reads it.';
    const verb =
      alone !== undefined ? 'break-glass' : reject !== undefined ? 'reject' : revoke === true ? 'revoke' : 'approve';
    return {
      incident,
      letter,
      verb,
      reason: (alone ?? reject ?? '').trim(),
      signature: values.signature === undefined ? undefined : read(values.signature),
      yes: values.yes ?? false,
      journal: journal === undefined || journal.startsWith('sqlite:') ? journal : `sqlite:${journal}`,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
