import type { Browser } from 'playwright-core';
import { Stage } from '../stage.ts';
import { Windows } from '../windows.ts';
import type { Story } from './story.ts';

/**
 * Plays a story on a stage of its own. Resolves with what is wrong, nothing when it is as it should be; `failing` sees the windows
 * as they were when it failed.
 */
export async function played(
  browser: Browser,
  story: Story,
  failing: (windows: Windows) => Promise<string[]> = () => Promise.resolve([]),
): Promise<string[]> {
  await using stage = await Stage.open(story.setting);
  const windows = new Windows(browser, () => stage.address);
  try {
    await story.play(stage, windows);
    const faults = [...(await windows.faults()), ...stage.log.filter((line) => line.startsWith('error '))];
    return faults.filter((fault) => story.excused?.test(fault) !== true);
  } catch (error) {
    const shown = await failing(windows);
    return [error instanceof Error ? error.message : String(error), ...shown, ...stage.log];
  } finally {
    await windows.close();
  }
}
