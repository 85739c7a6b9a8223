export { painter } from './painter.ts';
