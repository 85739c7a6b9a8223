import { describe, expect, test } from 'vitest';
import { postMortem } from '../../../src/incident/message/post-mortem.ts';
import type { IncidentState } from '../../../src/model/index.ts';
import { SECOND } from '../../fake/house.ts';
import { proposing, repaired } from '../tale.ts';

const { state } = repaired();
const told = (change: Partial<IncidentState> = {}): string => postMortem({ ...state, ...change }) ?? '';
const headings = (text: string): string[] => text.split('\n').filter((line) => /^#{1,3} (?!ip-)/.test(line));

describe('the post-mortem', () => {
  test('tells a repair from the question to the end', () => {
    const text = told();
    expect(headings(text)).toEqual([
      expect.stringMatching(/^# \*\*Repaired in \d+ s of machine time\*\* · `ip-10-0-10-207`$/),
      '## What happened',
      '## Proof',
      expect.stringMatching(/^### Replies from 10\.0\.10\.207 leave through the wrong interface\./),
      expect.stringMatching(/^### Clients outside the node's subnet are answered through eth1/),
      '## What was run',
      '## To make it last',
      '## Could not be seen',
      '## Timeline (UTC)',
    ]);
    expect(text).toMatch(
      /^- Node `ip-10-0-10-207`, cluster `prod-east`\n- Asked by `@\S+`, 2023-11-14 `\d\d:\d\d:\d\d` UTC$/m,
    );
    expect(text).toMatch(/^\*\*Fix A:\*\* .*, plan `[0-9a-f]{32}`\n\n```\nip -4 route del /m);
    expect(text).toMatch(/^- `\d\d:\d\d:\d\d` `@\S+` asked about `ip-10-0-10-207`$/m);
    expect(text.endsWith('\n')).toBe(true);
  });

  test('says what could not be seen and what lasts, where there is such a thing', () => {
    const unseen = [
      { check: 'x', role: 'subject', node: 'ip-10-0-10-207', gap: 'not-installed', detail: 'nftables ruleset' },
    ] as const;
    expect(told({ unseen })).toContain(
      '## Could not be seen\n\n- nftables ruleset (not-installed) on `ip-10-0-10-207`\n',
    );
    expect(told({ unseen: [] })).not.toContain('Could not be seen');
  });

  test('is not there before the end, nor once it is open again', () => {
    expect(postMortem(proposing().state)).toBeNull();
  });

  test('of an incident without a finding has no proof', () => {
    const { causes: _, ...rest } = state;
    const nothing = { ...rest, findings: [], offers: [], change: null, past: [], outcome: 'nothing-found' } as const;
    expect(headings(postMortem(nothing) ?? '')).not.toContain('## Proof');
  });

  test('keeps hostile bytes in code: between fences, or between back-quotes', () => {
    const bytes = '`</code>\n```\n# owned <b>@all</b> [x](https://evil.example)';
    const [first] = state.findings;
    const line = { node: bytes, command: bytes, line: bytes, output: null };
    const finding = {
      ...first!,
      statement: bytes,
      residue: [bytes],
      evidence: [{ about: bytes, subject: line, peer: line }],
    };
    const text = told({
      node: bytes,
      cluster: bytes,
      by: { id: 'U1', name: bytes },
      causes: [finding],
      findings: [finding],
      ruledOut: [bytes],
      timeline: [{ at: Number.NaN, what: [{ text: bytes }, { code: bytes }] }],
    });
    const open: string[] = [];
    const loose = text.split('\n').filter((one) => {
      const fence = /^(`{3,})$/.exec(one)?.[1];
      if (fence !== undefined && open[0] === undefined) open.push(fence);
      else if (open[0] !== undefined && one === open[0]) open.pop();
      else return open.length === 0;
      return false;
    });
    expect(open).toEqual([]);
    expect(loose.filter((one) => /^(?:#{1,3} )?(?:- )?owned|^# owned/.test(one))).toEqual([]);
    for (const one of loose) expect(one.replaceAll(/(`+)(?!`).*?(?<!`)\1(?!`)/g, '')).not.toMatch(/[<>@[\]]|:\/\//);
  });
});

describe('its button', () => {
  test('asks for the file and opens nothing', () => {
    const tale = repaired();
    const button = tale.shows('summary').buttons?.find(({ label }) => label === 'Copy as Markdown');
    tale.press(button?.token ?? '', SECOND);
    expect(tale.wanted).toMatchObject([{ do: 'export', as: 'markdown' }]);
    expect(tale.state.life).toBe('closed');
  });

  test('means nothing once the incident is open again', () => {
    const tale = repaired();
    const buttons = tale.shows('summary').buttons ?? [];
    const token = (wanted: string): string => buttons.find(({ label }) => label === wanted)?.token ?? '';
    tale.press(token('Look again'), tale.state.by).press(token('Copy as Markdown'), SECOND);
    expect(tale.whispered).toBe('This incident is open again: what it was is told when it is over.');
  });
});
