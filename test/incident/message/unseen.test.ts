import { expect, test } from 'vitest';
import { unseenOf } from '../../../src/incident/message/unseen.ts';
import { counted } from '../../fake/scene.ts';
import { proposing } from '../tale.ts';

const { state } = proposing();

test('counters that could not be read are told once, however often they were asked for', () => {
  const lost = {
    ...counted('answered-elsewhere'),
    uncounted: [{ what: 'nft counters', gap: 'denied', detail: 'no' }],
  } as const;
  const told = unseenOf({ ...state, watches: [lost, lost] });
  expect(told).toHaveLength(state.unseen.length + 1);
  expect(told.at(-1)).toMatchObject({
    check: 'counters',
    gap: 'denied',
    detail: expect.stringContaining('nft counters'),
  });
});

test('where all were read, nothing is added', () => {
  expect(unseenOf(state)).toEqual(state.unseen);
});
