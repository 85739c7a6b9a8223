import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Suites that wait for real nodes, most for the longest: begun first, they wait while the others compute. */
const WAITING = ['test/adapter/ssh', 'test/story', 'test/lab', 'test/page', 'test/cli', 'test/adapter/slack'];

class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = WAITING.findIndex((room) => relative(this.ctx.config.root, moduleId).startsWith(`${room}/`));
      return at === -1 ? WAITING.length : at;
    };
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    maxWorkers: 4,
    testTimeout: 30_000,
    retry: 2,
    sequence: { sequencer: WaitingFirst },
  },
});
