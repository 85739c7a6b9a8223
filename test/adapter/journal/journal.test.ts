import { join } from 'node:path';
import { openJournal } from '../../../src/adapter/journal/index.ts';
import { journalContract } from '../../contract/journal.ts';
import { fakeJournal } from '../../fake/journal.ts';
import { place } from './place.ts';

journalContract('SQLite in a file', true, async () => {
  const { path, remove } = await place();
  return { open: () => openJournal(`sqlite:${join(path, 'journal.db')}`), remove };
});

journalContract('SQLite in memory', false, async () => ({
  open: () => openJournal('sqlite::memory:'),
  remove: async () => {},
}));

journalContract('the fake', false, async () => ({ open: async () => fakeJournal(), remove: async () => {} }));
