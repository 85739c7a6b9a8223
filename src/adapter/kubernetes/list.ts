import { Failure } from './failure.ts';

/** One page of a list as the library gives it. */
export interface Page<T> {
  readonly metadata?: { readonly _continue?: string };
  readonly items: readonly T[];
}

const PAGE = 500;
const MOST_PAGES = 200;

/**
 * Reads a whole list, page by page. A continuation that expired (410 while the list was being read) starts it once
 * more from the beginning; the second time it is a failure. More than 100,000 items are refused, never cut.
 */
export async function wholeList<T>(
  page: (request: { limit: number; _continue?: string }) => Promise<Page<T>>,
): Promise<readonly T[]> {
  try {
    return await pages(page);
  } catch (error) {
    if (!(error instanceof Failure) || error.fault.is !== 'status' || error.fault.code !== 410) throw error;
    return await pages(page);
  }
}

async function pages<T>(page: (request: { limit: number; _continue?: string }) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let next: string | undefined;
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const part = await page(next === undefined ? { limit: PAGE } : { limit: PAGE, _continue: next });
    if (!Array.isArray(part.items)) throw new Failure({ is: 'shape', words: 'a list without items' });
    all.push(...(part.items as readonly T[]));
    ({ _continue: next } = part.metadata ?? {});
    if (next === undefined || next === '') return all;
  }
  throw new Failure({ is: 'shape', words: `a list that goes on after ${MOST_PAGES} pages` });
}
