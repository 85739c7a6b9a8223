import { describe, expect, test } from 'vitest';
import { outputFiles, wholeOutputs } from '../../../src/incident/message/outputs.ts';
import type { Answer, Evidence, Finding, IncidentState, Line } from '../../../src/model/index.ts';
import { proposing } from '../tale.ts';

const NODE = 'ip-10-0-10-207';

/** One line of the evidence, and the answer that it comes from; `text` null: too long to be kept in the state. */
function seen(command: string, text: string | null, line = 'the line', node = NODE): readonly [Evidence, Answer] {
  const subject: Line = { node, command, line, output: `${node} ${command}` };
  return [
    { about: command, subject },
    {
      question: { role: 'subject', probe: command, params: {} },
      node,
      command,
      reading: { known: true, value: null },
      output: `${node} ${command}`,
      text,
    },
  ];
}

/** A state in which one finding leads that rests on these. */
function resting(...rows: readonly (readonly [Evidence, Answer])[]): readonly [IncidentState, Finding] {
  const { state } = proposing();
  const [leading] = state.findings;
  if (leading === undefined) throw new TypeError('no finding');
  const finding = { ...leading, evidence: rows.map(([evidence]) => evidence) };
  const answers = Object.fromEntries(rows.map(([, answer], at) => [String(at), answer]));
  return [{ ...state, findings: [finding], answers }, finding];
}

describe('the whole outputs of a finding', () => {
  test('stand in the card where they are short and say more than the line', () => {
    const [state, finding] = resting(seen('ip rule', '0: from all\n32766: from all\n'), seen('sysctl x', 'the line\n'));
    expect(wholeOutputs(state, finding)).toEqual([
      { node: NODE, command: 'ip rule', text: '0: from all\n32766: from all', file: null },
    ]);
    expect(outputFiles(state)).toEqual([]);
  });

  test('are files where they are long, or too many for one card', () => {
    const rows = Array.from({ length: 5 }, (_, at) => seen(`ip -s link show eth${at}`, 'x'.repeat(800)));
    const [state, finding] = resting(seen('iptables-save -t nat', null), ...rows);
    expect(wholeOutputs(state, finding).map(({ text, file }) => [text?.length ?? null, file])).toEqual([
      [null, 'ip-10-0-10-207_iptables-save-t-nat.txt'],
      [800, null],
      [800, null],
      [800, null],
      [null, 'ip-10-0-10-207_ip-s-link-show-eth3.txt'],
      [null, 'ip-10-0-10-207_ip-s-link-show-eth4.txt'],
    ]);
    expect(outputFiles(state)[0]).toEqual({
      name: 'ip-10-0-10-207_iptables-save-t-nat.txt',
      title: 'iptables-save -t nat on ip-10-0-10-207',
      output: 'ip-10-0-10-207 iptables-save -t nat',
      heading: '# on ip-10-0-10-207\n# iptables-save -t nat\n',
    });
  });

  test('stand once, however many lines of them are evidence, and not where nothing came back', () => {
    const nothing: Evidence = {
      about: 'x',
      subject: { node: NODE, command: 'nft', line: '(no output)', output: null },
    };
    const [state, finding] = resting(seen('ip rule', 'a\nb', 'a'), seen('ip rule', 'a\nb', 'b'));
    const both = { ...finding, evidence: [...finding.evidence, nothing] };
    expect(wholeOutputs({ ...state, findings: [both] }, both)).toHaveLength(1);
  });

  test('have names of files that no shell and no file system trips over', () => {
    const [state] = resting(seen('$(id) ../../etc <!channel>', null, 'x', '..\u202e-rf'));
    expect(outputFiles(state).map(({ name }) => name)).toEqual(['rf_id-..-..-etc-channel.txt']);
  });

  test('that come of like scripts have files of their own', () => {
    const script = (table: string): string =>
      `sh -c 'command -v iptables-save >/dev/null || exit 127; exec iptables-save -t ${table}'`;
    const [state] = resting(seen(script('nat'), null), seen(script('raw'), null));
    expect(outputFiles(state).map(({ name }) => name)).toEqual([
      expect.stringMatching(/^ip-10-0-10-207_.*exec-iptables-save-t-nat-[0-9a-f]{6}\.txt$/),
      expect.stringMatching(/^ip-10-0-10-207_.*exec-iptables-save-t-raw-[0-9a-f]{6}\.txt$/),
    ]);
  });

  test('of the example of two interfaces are what the lookups gave', () => {
    const { state } = proposing();
    const [leading] = state.findings;
    expect(leading).toBeDefined();
    const all = leading === undefined ? [] : wholeOutputs(state, leading);
    expect(all.filter(({ text, file }) => (text === null) === (file === null))).toEqual([]);
  });
});
