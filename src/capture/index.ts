export { type Captured, story } from './correlate.ts';
export { BadFilter, compileFilter, type Connection } from './filter.ts';
export { headersOnly } from './zero.ts';
