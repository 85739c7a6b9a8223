import type { Attachment, Digest, Place } from '../../model/index.ts';
import type { Pace } from './pace.ts';
import { NoAnswer } from './gate.ts';
import { threadTs } from './spoken.ts';
import { clip, inert } from './view/clean.ts';
import type { CallWeb } from './web.ts';

/** How a file gets its bytes to Slack; `fetch` in production. */
export type PostBytes = (
  url: string,
  bytes: Uint8Array<ArrayBuffer>,
) => Promise<{ readonly ok: boolean; readonly status: number }>;

/**
 * Shares files in the thread in three steps (https://docs.slack.dev/messaging/working-with-files): ask for an address,
 * send the bytes, complete all together. An empty file is left out, because Slack refuses length 0. Slack shares them a
 * moment later.
 */
export async function upload(
  { call, pace, postBytes }: { readonly call: CallWeb; readonly pace: Pace; readonly postBytes: PostBytes },
  place: Place,
  files: readonly Attachment[],
  bytes: (digest: Digest) => Promise<Uint8Array>,
): Promise<void> {
  const sent: { id: string; title: string }[] = [];
  for (const file of files) {
    const content = Uint8Array.from(await bytes(file.output));
    if (content.length === 0) continue;
    const filename = safeName(file.name);
    const title = clip(file.title, 200, inert) || filename;
    const address = await pace.call('files.getUploadURLExternal', () =>
      call('files.getUploadURLExternal', { filename, length: content.length, ...altText(filename, file.alt ?? title) }),
    );
    const { upload_url: url, file_id: id } = address;
    if (typeof url !== 'string' || typeof id !== 'string') throw new NoAnswer('Slack gave no address to upload to.');
    const answer = await postBytes(url, content);
    if (!answer.ok) throw new NoAnswer(`Slack did not take ${filename}: HTTP ${answer.status}.`);
    sent.push({ id, title });
  }
  if (sent.length === 0) return;
  const thread = threadTs(place);
  await pace.call('files.completeUploadExternal', () =>
    call('files.completeUploadExternal', {
      files: sent,
      channel_id: place.channel,
      ...(thread === undefined ? {} : { thread_ts: thread }),
    }),
  );
}

/** `alt_txt` on anything but an image can keep Slack from sharing the file (slackapi/python-slack-sdk#1818). */
function altText(filename: string, says: string): { alt_txt?: string } {
  return /\.(?:png|jpe?g|gif|webp)$/i.test(filename) ? { alt_txt: clip(says, 1000, inert) } : {};
}

function safeName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^[._]+/, '');
  return safe === '' ? 'file' : safe.slice(-100);
}

/** Sends the bytes as they are, without the token: the address itself is the permission. */
export const postBytes: PostBytes = (url, bytes) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: bytes,
    redirect: 'error',
    signal: AbortSignal.timeout(60_000),
  });
