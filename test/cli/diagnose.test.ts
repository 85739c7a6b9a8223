import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { diagnose } from '../../src/cli/diagnose.ts';
import type { DiagnoseRequest } from '../../src/cli/diagnose-request.ts';
import type { Answer } from '../../src/model/index.ts';
import { emptyPcap, type FakeNode } from '../fake/node-shell.ts';
import { i1Known } from '../incident/tale.ts';
import { bench } from '../shell/workplace.ts';

/** Folders that the diagnoses saved to. */
const saved: string[] = [];
afterEach(() => {
  for (const folder of saved.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A node that prints what these answers were read from. */
function printing(known: readonly Answer[], role: 'subject' | 'peer'): FakeNode {
  const own = known.filter(({ question }) => question.role === role);
  return { outputs: Object.fromEntries(own.map(({ command, text }) => [command, text ?? ''])) };
}

async function run(
  request: Partial<DiagnoseRequest>,
  known: readonly Answer[],
  { sent = true, typed = '' }: { readonly sent?: boolean; readonly typed?: string } = {},
): Promise<{ readonly exit: number; readonly out: string; readonly err: string }> {
  const seven = (first: number) => ({
    stdout: Array.from({ length: 7 }, (_, index) => `syn ${first + index} [] 0 0\n`).join(''),
    exit: 28,
  });
  const rounds = Object.fromEntries(
    [1, 2].map((round) => [`watch/10.0.10.207/stimulus/tcp-syn/at-once/${round}`, seven(61_000 + round * 7)]),
  );
  const made = bench({
    nodes: {
      'ip-10-0-10-207': {
        ...printing(known, 'subject'),
        captures: { 'watch/10.0.10.207/capture/eth0': { pcap: emptyPcap } },
      },
      'ip-10-0-10-115': printing(known, 'peer'),
      'ip-10-0-10-69': sent ? { outputs: rounds } : { closed: { '10.0.10.69': 'connection refused' } },
    },
  });
  const said = { out: '', err: '' };
  const hearing = (name: 'out' | 'err') =>
    Object.assign(new PassThrough(), { isTTY: false, columns: 80 }).on('data', (chunk: Buffer) => {
      said[name] += chunk.toString();
    });
  const [out, err] = [hearing('out'), hearing('err')];
  const input = new PassThrough();
  input.end(typed);
  const whole = {
    node: 'ip-10-0-10-207',
    symptom: undefined,
    answers: new Map<string, string>(),
    json: true,
    bundle: undefined,
  };
  const exit = await diagnose({ ...whole, ...request }, made.workplace, { out, err, input });
  await new Promise<void>((resolve) => setImmediate(resolve));
  const folders = said.out.match(/\/[^"\s]*netdiag-[0-9a-f]{8}/g) ?? [];
  saved.push(...folders.filter((path) => path.startsWith(join(tmpdir(), 'netdiag-'))));
  return { exit, ...said };
}

describe('diagnose', () => {
  test('a sick node: one document with its cause, exit 0', async () => {
    const { exit, out, err } = await run({ symptom: 'kubelet' }, i1Known(true));
    expect(exit).toBe(0);
    expect(err).toBe('');
    expect(JSON.parse(out)).toMatchObject({
      node: 'ip-10-0-10-207',
      peer: 'ip-10-0-10-115',
      findings: [{ code: 'reply-leaves-other-interface', remediation: 'delete-connected-route' }, {}],
      plans: [{ remediation: 'delete-connected-route' }, { remediation: 'route-by-source-address' }],
      stimulus: { count: 14, answered: 0 },
      captures: [{ point: 'eth0 of ip-10-0-10-207' }, { point: 'eth1 of ip-10-0-10-207' }],
    });
  });

  test('it changes nothing: the node is only read', async () => {
    const made = bench({ nodes: { 'ip-10-0-10-207': printing(i1Known(true), 'subject') } });
    const out = Object.assign(new PassThrough(), { isTTY: false, columns: 80 });
    const request = {
      node: 'ip-10-0-10-207',
      symptom: 'kubelet',
      answers: new Map<string, string>(),
      json: true,
      bundle: undefined,
    };
    await diagnose(request, made.workplace, { out, err: out, input: new PassThrough() });
    expect(made.nodes.asked.filter((line) => /^(apply|undo)/.test(line))).toEqual([]);
  });

  test('a node that nobody can send packets to is not said to be well, exit 4', async () => {
    const { exit, out } = await run({ symptom: 'kubelet' }, i1Known(false, 'eth0'), { sent: false });
    expect(exit).toBe(4);
    const told = JSON.parse(out) as { findings: unknown; unknown: unknown };
    expect(told.findings).toEqual([]);
    expect(told.unknown).toContainEqual(expect.objectContaining({ check: 'stimulus' }));
  });

  test('an answer from the arguments is pressed when its question comes', async () => {
    const { exit, out } = await run(
      {
        answers: new Map([
          ['symptom', 'pods'],
          ['which', 'none'],
        ]),
        symptom: 'pods',
      },
      i1Known(false, 'eth0'),
    );
    expect(exit).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      questionsAsked: [{ question: 'symptom' }, { question: 'which', choice: 'none' }],
    });
  });

  test('a question that nobody answers is said with its choices, exit 2', async () => {
    const { exit, out, err } = await run({ symptom: 'pods' }, i1Known(false, 'eth0'));
    expect(exit).toBe(2);
    expect(out).toBe('');
    expect(err).toBe('The question "which" needs an answer: --answer which=all|none\n');
  });

  test('an answer that is no choice is no answer', async () => {
    const { exit, err } = await run({ symptom: 'pods', answers: new Map([['which', 'some']]) }, i1Known(false, 'eth0'));
    expect(exit).toBe(2);
    expect(err).toContain('--answer which=all|none');
  });

  test('a symptom that is none, with what may have been meant, exit 2', async () => {
    const { exit, err } = await run({ symptom: 'kubelett' }, []);
    expect(exit).toBe(2);
    expect(err).toBe('No symptom is called "kubelett"; did you mean kubelet?\n');
  });

  test('a node that is none, with what may have been meant, exit 2', async () => {
    const { exit, err } = await run({ node: 'ip-10-0-10-20', symptom: 'kubelet' }, []);
    expect(exit).toBe(2);
    expect(err).toMatch(/^No node of prod-east is called that\. Did you mean ip-10-0-10-207/);
  });

  test('without --json it tells the story and asks; what is typed is the answer', async () => {
    const { exit, out } = await run({ json: false }, i1Known(true), { typed: '1\n' });
    expect(exit).toBe(0);
    expect(out).toContain('What do you see?');
    expect(out).toContain('leave through the wrong interface');
    expect(out).not.toContain('\u001b[');
  });

  test('without --json and without anybody to ask it says what to type', async () => {
    const { exit, err } = await run({ json: false }, i1Known(true));
    expect(exit).toBe(2);
    expect(err).toContain('--answer symptom=kubelet|pods');
  });
});
