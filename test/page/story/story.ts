import type { Setting, Stage } from '../stage.ts';
import type { Windows } from '../windows.ts';

/** Something that happens to people in front of netdiag, in a browser. */
export interface Story {
  /** One sentence: what it shows. */
  readonly shows: string;
  readonly setting?: Setting;
  /** What the workspace notes because the story makes it happen, and netdiag is not to blame for. */
  readonly excused?: RegExp;
  /** Throws at the first thing that is not as it should be. */
  play(stage: Stage, windows: Windows): Promise<void>;
}
