import { parseArgs } from 'node:util';

/** What `diagnose` was asked for. */
export interface DiagnoseRequest {
  readonly node: string;
  readonly symptom: string | undefined;
  readonly answers: ReadonlyMap<string, string>;
  readonly json: boolean;
  /** File to write the incident's bundle to. */
  readonly bundle: string | undefined;
  /** Journal to keep the incident in, so that somebody else can apply its fix; absent: nothing is kept. */
  readonly journal?: string;
}

/** A Kubernetes object name: RFC 1123 subdomain. */
const NODE_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/** Reads the arguments of `diagnose`; a sentence where they are wrong. */
export function diagnoseRequest(args: readonly string[]): DiagnoseRequest | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        symptom: { type: 'string' },
        answer: { type: 'string', multiple: true },
        json: { type: 'boolean' },
        bundle: { type: 'string' },
        journal: { type: 'string' },
      },
    });
    const [node, ...more] = positionals;
    if (node === undefined || node.trim() === '' || more.length > 0) return 'diagnose wants exactly one node name.';
    if (!NODE_NAME.test(node)) {
      return 'That is not a node name: lower-case letters, digits, "-" and "." only.';
    }
    const answers = new Map<string, string>();
    for (const given of values.answer ?? []) {
      const [, question, choice] = /^([^=]+)=([^=]+)$/.exec(given) ?? [];
      if (question === undefined || choice === undefined) return '--answer wants QUESTION=CHOICE.';
      answers.set(question, choice);
    }
    const symptom = values.symptom ?? answers.get('symptom');
    const { journal } = values;
    return {
      node,
      symptom,
      answers,
      json: values.json ?? false,
      bundle: values.bundle,
      ...(journal === undefined ? {} : { journal: journal.startsWith('sqlite:') ? journal : `sqlite:${journal}` }),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
