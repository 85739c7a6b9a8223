import type { Page } from 'playwright-core';

/** On call. */
export const ona = 'UONCALL01';
/** May approve. */
export const sam = 'USECOND01';
/** May approve too. */
export const thea = 'UTHIRD001';
/** May look on. */
export const bo = 'UBYSTAND1';

/** From now on this window is that person's. */
export async function signIn(page: Page, user: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Signed in as' }).selectOption(user);
}
