import type { Locator, Page } from 'playwright-core';

/** Types into the channel's message box and sends it. */
export async function say(page: Page, words: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(words);
  await page.getByRole('textbox', { name: 'Message' }).press('Enter');
}

/** The live message of a node's incident in the channel that is shown. */
export function liveMessage(page: Page, node: string): Locator {
  return page
    .getByRole('log', { name: /^Messages in / })
    .getByRole('article')
    .filter({ hasText: `${node} · cluster` });
}

/** Opens the thread of a node's incident. */
export async function openThread(page: Page, node: string): Promise<Locator> {
  await liveMessage(page, node)
    .getByRole('button', { name: /open thread/ })
    .click();
  return page.getByRole('region', { name: 'Thread', exact: true });
}

/** The task of a plan with these words and this state. */
export function task(within: Locator, words: string | RegExp, state: string): Locator {
  return within
    .getByRole('listitem')
    .filter({ hasText: words })
    .and(within.locator(`[data-status="${state}"]`));
}

/** Rejects a fix, for this reason or for none. */
export async function reject(page: Page, card: Locator, reason: string): Promise<void> {
  await card.getByRole('button', { name: 'Reject…' }).click();
  const form = page.getByRole('dialog', { name: 'Reject the fix' });
  if (reason !== '') await form.getByRole('textbox').fill(reason);
  await form.getByRole('button', { name: 'Reject' }).click();
  await form.waitFor({ state: 'hidden' });
}

/** Presses as people do who see that nothing happens: again, until the button is gone. */
export async function pressed(button: Locator): Promise<void> {
  for (let tries = 0; tries < 3; tries += 1) {
    await button.click();
    const gone = button.waitFor({ state: 'detached', timeout: 10_000 });
    if (await gone.then(() => true).catch(() => false)) return;
  }
  throw new Error(`${String(button)} was pressed three times, and is still there`);
}

/** Goes to an element with the keyboard, from wherever the focus is, and presses Enter on it. */
export async function press(page: Page, wanted: Locator, most = 40): Promise<void> {
  await focus(page, wanted, most);
  await page.keyboard.press('Enter');
}

/** Goes to an element with Tab alone. Throws when it is not reached within so many. */
export async function focus(page: Page, wanted: Locator, most = 40): Promise<void> {
  await wanted.waitFor();
  const reached = (): Promise<boolean> => wanted.evaluate((node) => node === node.ownerDocument.activeElement);
  for (let tabs = 0; tabs < most && !(await reached()); tabs += 1) await page.keyboard.press('Tab');
  if (!(await reached())) throw new Error(`${String(wanted)} is not reached by ${most} Tabs`);
}
