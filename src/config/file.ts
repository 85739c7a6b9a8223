import { suggest } from '../playbook/suggest.ts';
import { parseSettings } from './document.ts';
import { type Problem, shown } from './problem.ts';
import { fileSchema, type FileSettings, knownKeys } from './schema.ts';

/** The settings of a configuration file; `null` where it is wrong, and everything that is wrong with it. */
export interface ReadFile {
  readonly settings: FileSettings | null;
  readonly problems: readonly Problem[];
  /** Where a setting stands, for what only the whole can tell. */
  readonly where: (path: readonly PropertyKey[]) => string;
}

/** Holds the text of a configuration file against the schema. */
export function readSettings(name: string, text: string): ReadFile {
  const parsed = parseSettings(text);
  if ('unreadable' in parsed) {
    const problems = parsed.unreadable.map(({ place, says }) => ({
      setting: 'NETDIAG_CONFIG',
      where: place === null ? name : `${name}:${place}`,
      says,
    }));
    return { settings: null, problems, where: () => name };
  }
  const where = (path: readonly PropertyKey[]): string => `${name}:${parsed.place(path)}`;
  const held = fileSchema.safeParse(parsed.plain);
  if (held.success) return { settings: held.data, problems: [], where };
  const problems = held.error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const path = [...issue.path, key];
        return { setting: settingName(path), where: where(path), says: `is not a setting${meant(key, issue.path)}` };
      });
    }
    const found = shown(valueAt(parsed.plain, issue.path));
    const expected = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
    return [
      {
        setting: settingName(issue.path),
        where: where(issue.path),
        says: issue.code === 'invalid_key' ? `the key is wrong, ${expected}` : `found ${found}, ${expected}`,
      },
    ];
  });
  return { settings: null, problems, where };
}

/** `ssh.nodes.a.port`, `starters[0]`; odd names are quoted. */
export function settingName(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the file';
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const key = String(step);
      const plain = /^[\w.-]{1,80}$/.test(key) ? key : shown(key);
      return index === 0 ? plain : `.${plain}`;
    })
    .join('');
}

function meant(key: string, path: readonly PropertyKey[]): string {
  const known = knownKeys(path);
  const near = suggest(key, known, 1)[0];
  return near === undefined ? `; known here: ${known.join(', ')}` : `; did you mean ${near}?`;
}

function valueAt(plain: unknown, path: readonly PropertyKey[]): unknown {
  let at = plain;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[step];
  }
  return at;
}
