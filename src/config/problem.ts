/** One wrong setting. */
export interface Problem {
  /** `ssh.port`, or the name of an environment variable. */
  readonly setting: string;
  /** `FILE:LINE:COLUMN`, `FILE`, or `environment`. */
  readonly where: string;
  /** What was found there, never a secret, and what was expected. */
  readonly says: string;
}

/** Every wrong setting at once, one line each. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? 'one setting is wrong' : `${problems.length} settings are wrong`;
    super(
      [`netdiag cannot start: ${count}.`]
        .concat(problems.map(({ setting, where, says }) => `  ${setting} (${where}): ${says}`))
        .join('\n'),
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const SECRET = /xox[a-z]-|xapp-|-----BEGIN|:\/\/[^/]*@|^eyJ|[A-Za-z0-9+_=]{41,}/;

/** What was found, on one line; anything that could be a secret is only named as one. */
export function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return 'something else';
  if (SECRET.test(value)) return 'a value that is not shown, because it may be a secret';
  const line = value.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '\uFFFD');
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 59).toWellFormed()}…` : line);
}
