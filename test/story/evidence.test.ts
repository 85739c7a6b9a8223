import { describe, expect, test } from 'vitest';
import { noLab, skipNote, startLab } from '../lab/index.ts';
import { CASES, rerun, shownBy } from './rerun.ts';
import { tell } from './tell.ts';

/** The ones whose commands are the hardest to quote; `npm run trial -- evidence` is about all. */
const EVERYDAY = CASES.filter(({ lab }) => lab === 'i2-mac' || lab === 'i4b');

describe.skipIf(noLab)(`whatever is shown as evidence can be run by hand${skipNote}`, { timeout: 90_000 }, () => {
  test.concurrent.for(EVERYDAY)('$lab', async ({ lab: name, node, symptom, codes }, { onTestFinished }) => {
    const lab = await startLab(name, { prefix: 'evidence', dialTimeoutMs: 2000 });
    onTestFinished(() => lab.down());
    const { state } = await tell(lab, { node, symptom }).ending();
    expect(state.findings.map(({ code }) => code)).toEqual(codes);
    const rows = state.findings.flatMap(({ evidence }) => evidence);
    expect(rows.filter(({ peer }) => peer === undefined).map(({ about }) => about)).toEqual([]);
    const shown = shownBy(state);
    expect(shown.length).toBeGreaterThan(8);
    expect(state.path?.filter(({ line }) => line === null)).toEqual([]);
    for (const one of shown) expect(await rerun(lab, one)).toBeNull();
    const [first] = shown;
    if (first === undefined) throw new Error('nothing was shown');
    const forged = { ...first, said: { ...first.said, line: `${first.said.line} forged` } };
    expect(await rerun(lab, forged), 'a line that no command prints is told').toContain('now it says');
  });
});
