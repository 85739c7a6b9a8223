import { quoted } from '../model/index.ts';
import type { Answer, Question } from '../model/index.ts';
import { probes } from '../probe/index.ts';
import { cleanText, read } from '../probe/probe.ts';
import type { AnyProbe } from '../probe/probe.ts';
import type { NodeSession } from '../port.ts';
import type { Ports } from './ports.ts';
import { withoutSecrets } from './without-secrets.ts';

/** Texts up to this many bytes stay in the state for exact lines and preconditions; longer ones are in the journal only. */
const SHORT = 2048;

const byId = new Map<string, AnyProbe>(probes.map((probe) => [probe.id, probe]));

/** Asks a node several questions in one round trip and keeps every raw output. */
export async function ask(
  ports: Ports,
  session: NodeSession,
  node: string,
  questions: readonly Question[],
): Promise<Answer[]> {
  const known = questions.flatMap((question) => {
    const probe = byId.get(question.probe);
    return probe === undefined ? [] : [{ question, probe, argv: probe.argv(question.params) }];
  });
  const outputs = withoutSecrets(await session.run(known.map(({ argv }) => ({ argv }))));
  const answers: Answer[] = [];
  for (const [index, { question, probe, argv }] of known.entries()) {
    const output = outputs[index] ?? {
      exit: null,
      stdout: new Uint8Array(),
      stderr: new Uint8Array(),
      timedOut: false,
      truncated: false,
      ms: 0,
      gap: 'unreachable' as const,
    };
    const kept = output.stdout.length > 0 ? output.stdout : output.stderr;
    answers.push({
      question,
      node,
      command: quoted(argv),
      reading: read(probe, output),
      output: kept.length > 0 ? await ports.journal.keep('output', kept) : null,
      text: output.gap === undefined && output.stdout.length <= SHORT ? cleanText(output.stdout) : null,
    });
  }
  return answers;
}
