export { askChoice } from './ask.ts';
export { render, type RenderOptions } from './render/index.ts';
export { type TerminalOptions, type TerminalThread, terminalThread } from './thread.ts';
