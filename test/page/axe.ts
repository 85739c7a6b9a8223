import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violated {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** The serious and critical violations on the page as it is, each with the first place. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const answer = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as { violations: Violated[] };
  return answer.violations
    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)} ${nodes[0]?.failureSummary.slice(0, 200)}`);
}

/** How many pixels the page is wider than its window. */
export function tooWide(page: Page): Promise<number> {
  return page.locator('html').evaluate((node) => node.scrollWidth - node.clientWidth);
}
