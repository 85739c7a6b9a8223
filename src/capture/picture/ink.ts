/**
 * One card for light and dark threads alike, since a chat cannot switch pictures: its own background and a border that is seen on
 * both. Hues of Okabe and Ito's palette (https://jfly.uni-koeln.de/color/), darkened where they carry text; no meaning is told by
 * hue alone: directions are arrows, what is missing is dashed and crossed and said.
 */
export const INK = {
  card: '#ffffff',
  border: '#98a1ad',
  node: '#eef2f6',
  nodeEdge: '#b9c2cd',
  line: '#8a94a1',
  text: '#14181d',
  soft: '#4a535e',
  request: '#0067a3',
  answer: '#007a5c',
  refusal: '#8f3f73',
  missing: '#c84e00',
  missingText: '#9a3b00',
  unknown: '#5b6470',
} as const;
