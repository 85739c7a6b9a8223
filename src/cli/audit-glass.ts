import { pageAfter } from '../adapter/journal/audit.ts';
import { readRow } from '../adapter/journal/audit-row.ts';
import { inert } from '../adapter/terminal/inert.ts';

type Db = Parameters<typeof pageAfter>[0];

/** What the audit says of approvals that one person gave alone: one sentence, and one for each that nobody has reviewed; empty for none. */
export async function glassIn(db: Db): Promise<readonly string[]> {
  const open = new Map<string, string>();
  let broken = 0;
  for (let after = 0; ;) {
    const page = await pageAfter(db, after);
    for (const found of page) {
      after = Number(found.seq);
      const row = readRow(found);
      if (typeof row === 'string' || (row.what !== 'broke-glass' && row.what !== 'reviewed')) continue;
      const plan = /^plan ([0-9a-f]+)/.exec(row.detail)?.[1] ?? '';
      const key = `${row.incident} ${plan}`;
      if (row.what === 'reviewed') open.delete(key);
      else {
        broken += 1;
        const when = new Date(row.at).toISOString();
        open.set(key, `Not reviewed: ${row.by} approved alone at ${when}, incident ${row.incident}, ${row.detail}`);
      }
    }
    if (page.length === 0 || !Number.isSafeInteger(after)) break;
  }
  if (broken === 0) return [];
  const times = broken === 1 ? 'once' : `${broken} times`;
  return [`Glass was broken ${times}; ${open.size} not reviewed.`, ...[...open.values()].map(inert)];
}
