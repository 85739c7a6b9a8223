import { describe, expect, test } from 'vitest';
import { perform } from '../../../src/shell/deed/index.ts';
import { proposing, repaired } from '../../incident/tale.ts';
import { bench } from '../workplace.ts';

describe('export', () => {
  test('puts the bundle into the thread, or what people read of it as Markdown', async () => {
    const at = bench();
    const { state } = repaired();
    expect(await perform(at.ports, state, { key: '1-export', do: 'export' })).toBeNull();
    expect(await perform(at.ports, state, { key: '2-export', do: 'export', as: 'markdown' })).toBeNull();
    const name = `netdiag-ip-10-0-10-207-${state.id.slice(0, 8)}`;
    expect(at.thread.attached.map(({ file }) => file.name)).toEqual([`${name}.json`, `${name}.md`]);
    const [bundle, markdown] = at.thread.attached.map(({ bytes }) => new TextDecoder().decode(bytes));
    expect(JSON.parse(bundle ?? '')).toMatchObject({ netdiag: 'bundle', state: { id: state.id, buttons: {} } });
    expect(markdown).toMatch(/^# \*\*Repaired/);
  });

  test('writes no post-mortem of an incident that is open again', async () => {
    const at = bench();
    await perform(at.ports, proposing().state, { key: '2-export', do: 'export', as: 'markdown' });
    expect(at.thread.attached).toEqual([]);
  });
});
