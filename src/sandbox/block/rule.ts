import { characters } from '../characters.ts';
import { isObject } from '../json.ts';

/** Tells one fault: the JSON pointer of the place, and Slack's sentence for it. */
export type Tell = (at: string, sentence: string) => void;

/** Looks at one value at one place and tells what Slack would refuse about it. */
export type Rule = (value: unknown, at: string, tell: Tell) => void;

/** Text of `least` to `most` characters, counted as code points. */
export function text(most: number, least = 1): Rule {
  return (value, at, tell) => {
    if (typeof value !== 'string') return tell(at, 'must provide a string');
    const length = characters(value);
    if (length < least) tell(at, `must be more than ${least - 1} characters`);
    if (length > most) tell(at, `must be less than ${most + 1} characters`);
  };
}

/** Text in one form. */
export function pattern(form: RegExp): Rule {
  return (value, at, tell) => {
    if (typeof value !== 'string') return tell(at, 'must provide a string');
    if (!form.test(value)) tell(at, `input must match regex pattern: ${form.source}`);
  };
}

/** One of a fixed set of words. */
export function oneOf(...words: readonly string[]): Rule {
  return (value, at, tell) => {
    if (typeof value !== 'string') return tell(at, 'must provide a string');
    if (!words.includes(value)) tell(at, 'must be a valid enum value');
  };
}

export const flag: Rule = (value, at, tell) => {
  if (typeof value !== 'boolean') tell(at, 'must provide a boolean');
};

/** A number between `least` and `most`. */
export function number(least = -Infinity, most = Infinity): Rule {
  return (value, at, tell) => {
    if (typeof value !== 'number') return tell(at, 'must provide a number');
    if (value < least) tell(at, `must be greater than or equal to ${least}`);
    if (value > most) tell(at, `must be less than or equal to ${most}`);
  };
}

/** A list of `least` to `most` entries, each under `rule`. */
export function list(rule: Rule, most: number, least = 0): Rule {
  return (value, at, tell) => {
    if (!Array.isArray(value)) return tell(at, 'must provide an array');
    if (value.length < least) tell(at, `must provide at least ${least} items`);
    if (value.length > most) tell(at, `no more than ${most} items allowed`);
    value.forEach((entry: unknown, i) => rule(entry, `${at}/${i}`, tell));
  };
}

/** An object with these fields and no others; a name ending in `?` is optional. */
export function shape(fields: Readonly<Record<string, Rule>>): Rule {
  const known = new Map(Object.entries(fields).map(([name, rule]) => [name.replace(/\?$/, ''), rule]));
  const needed = Object.keys(fields).filter((name) => !name.endsWith('?'));
  return (value, at, tell) => {
    if (!isObject(value)) return tell(at, 'must provide an object');
    for (const name of needed) if (value[name] === undefined) tell(at, `missing required field: ${name}`);
    for (const [name, entry] of Object.entries(value)) {
      const rule = known.get(name);
      if (rule === undefined) tell(at, `invalid additional property: ${name}`);
      else if (entry !== undefined) rule(entry, `${at}/${name}`, tell);
    }
  };
}

/** Chooses the rule by the object's `type`; a type that is not in the table is unsupported. */
export function byType(rules: Readonly<Record<string, Rule>>): Rule {
  return (value, at, tell) => {
    if (!isObject(value)) return tell(at, 'must provide an object');
    const type = value['type'];
    if (type === undefined) return tell(at, 'missing required field: type');
    if (typeof type !== 'string') return tell(`${at}/type`, 'must provide a string');
    const rule = Object.hasOwn(rules, type) ? rules[type] : undefined;
    if (rule === undefined) return tell(`${at}/type`, `unsupported type: ${type}`);
    rule(value, at, tell);
  };
}

/** A place that admits several schemas: Slack names the outer place first, then the fault inside. */
export function allowed(rule: Rule): Rule {
  return (value, at, tell) => {
    const inner: [string, string][] = [];
    rule(value, at, (place, sentence) => inner.push([place, sentence]));
    if (inner.length > 0) tell(at, 'failed to match all allowed schemas');
    for (const [place, sentence] of inner) tell(place, sentence);
  };
}

/** Both rules, one after the other. */
export function both(first: Rule, second: Rule): Rule {
  return (value, at, tell) => {
    first(value, at, tell);
    second(value, at, tell);
  };
}
