import { labAvailable } from './available.ts';

const available = labAvailable();

/** True where tests that need the lab must be skipped: `test.skipIf(noLab)`. */
export const noLab = available !== true;

/** Ends the title of such a test: nothing, or ` (skipped: why)` where it does not run. */
export const skipNote = available === true ? '' : ` (skipped: ${available})`;

if (available !== true) console.warn(`tests that need the lab are skipped: ${available}`);
