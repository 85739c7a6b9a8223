import { picture, pictureWords } from '../../capture/index.ts';
import type { Attachment, Effect, Happening, IncidentState, Watched } from '../../model/index.ts';
import { redact } from '../../model/secret/redact.ts';
import { cleanText } from '../../probe/probe.ts';
import type { Ports } from '../ports.ts';

type Attach = Extract<Effect, { do: 'attach' }>;

/**
 * Puts files into the thread, outputs of nodes below their command; above captures of the last watch, a picture of what they
 * show. Where none can be drawn the files go without it, and the incident says so in one sentence.
 */
export async function attach(ports: Ports, state: IncidentState, { key, files }: Attach): Promise<Happening | null> {
  const { watched, node, place } = state;
  const shown = watched !== null && files.some(({ output }) => watched.captures.some((one) => one.output === output));
  const drawn = shown ? await draw(ports, watched) : NONE;
  const made = await Promise.all(files.map((file) => headed(ports, file)));
  await ports.thread.attach(
    place,
    [...drawn.pictures, ...made],
    async (digest) => (await ports.journal.bytes(digest)) ?? new Uint8Array(),
  );
  if (drawn.failure === null) return null;
  const sentence = `The packets on ${node} could not be drawn as a picture: ${drawn.failure} The ladder in the finding and the captures show the same.`;
  return { is: 'effect-failed', effect: key, sentence };
}

/** An output of a node below its heading, without secrets and without what could steer a terminal; any other file as it is. */
async function headed({ journal }: Ports, file: Attachment): Promise<Attachment> {
  const { heading, ...plain } = file;
  if (heading === undefined) return file;
  const kept = (await journal.bytes(file.output)) ?? new Uint8Array();
  const text = `${cleanText(new TextEncoder().encode(heading))}\n${redact(cleanText(kept)).text}\n`;
  return { ...plain, output: await journal.keep('output', new TextEncoder().encode(text)) };
}

/** At most one picture; `failure` says why there is none, `null` where none was wanted. */
interface Drawn {
  readonly pictures: readonly Attachment[];
  readonly failure: string | null;
}

const NONE: Drawn = { pictures: [], failure: null };

async function draw(ports: Ports, watched: Watched): Promise<Drawn> {
  const svg = ports.painter === undefined ? null : picture(watched);
  if (ports.painter === undefined || svg === null) return NONE;
  let png: Uint8Array;
  try {
    png = await ports.painter.png(svg);
  } catch (error) {
    return { pictures: [], failure: error instanceof Error ? error.message : String(error) };
  }
  const { count } = watched.sent;
  const title = `What became of ${count === 1 ? 'the marked packet' : `the ${count} marked packets`}`;
  const output = await ports.journal.keep('capture', png);
  return { pictures: [{ name: 'packets.png', title, alt: pictureWords(watched), output }], failure: null };
}
