import type { CapturePoint, CaptureStory, Rich, Span } from '../model/index.ts';

/** The device of a story's point; with its node where the points are on several. */
export function device(story: CaptureStory, at: number): Rich {
  const point: CapturePoint | undefined = story.points[at];
  if (point === undefined) return [{ text: 'an unknown device' }];
  const several = new Set(story.points.map(({ node }) => node)).size > 1;
  return several ? say`${{ code: point.device }} of ${{ code: point.node }}` : [{ code: point.device }];
}

/** Our own words with spans in between, as a template literal. */
export function say(words: TemplateStringsArray, ...parts: readonly (string | number | Span | Rich)[]): Rich {
  const spans = words.flatMap((text, index) => {
    const part = parts[index];
    const own: Span = { text: typeof part === 'string' || typeof part === 'number' ? `${text}${part}` : text };
    if (part === undefined || typeof part === 'string' || typeof part === 'number') return [own];
    return [own, ...(Array.isArray(part) ? (part as Rich) : [part as Span])];
  });
  return merged(spans);
}

/** Parts with the same words between any two of them. */
export function join(parts: readonly Rich[], between: string): Rich {
  return merged(parts.flatMap((part, index) => (index === 0 ? part : [{ text: between }, ...part])));
}

/** Neighbouring runs of our own words become one. */
function merged(spans: readonly Span[]): Rich {
  const one: Span[] = [];
  for (const span of spans) {
    const last = one.at(-1);
    if ('text' in span && span.text === '') continue;
    if ('text' in span && last !== undefined && 'text' in last) one[one.length - 1] = { text: last.text + span.text };
    else one.push(span);
  }
  return one;
}
