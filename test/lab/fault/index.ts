import type { Fault } from './fault.ts';
import { i1 } from './i1.ts';
import { i1OneDoor } from './i1-one-door.ts';
import { i1Strict } from './i1-strict.ts';
import { i2Local } from './i2-local.ts';
import { i2Mac } from './i2-mac.ts';
import { i3 } from './i3.ts';
import { i3Uplink } from './i3-uplink.ts';
import { i4a } from './i4a.ts';
import { i4b } from './i4b.ts';
import { i5 } from './i5.ts';

/** Every fault that the lab can make, one file each. */
export const faults: readonly Fault[] = [i1, i1Strict, i1OneDoor, i2Mac, i2Local, i3, i3Uplink, i4a, i4b, i5];
