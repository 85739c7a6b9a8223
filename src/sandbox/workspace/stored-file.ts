/** A file on its way through the three-step upload: announced, uploaded, completed, and some time later shared. */
export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly length: number;
  readonly altText: string | undefined;
  readonly created: number;
  title: string;
  bytes: Buffer | undefined;
  completed: boolean;
  /** Slack processes a file after `completeUploadExternal` has answered; until then it has no type and no shares. */
  processed: boolean;
  shares: { channel: string; ts: string; thread_ts?: string }[];
}

const types: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  log: 'text/plain',
  md: 'text/markdown',
  json: 'application/json',
  pcap: 'application/vnd.tcpdump.pcap',
  gz: 'application/gzip',
  zip: 'application/zip',
};

/** The MIME type that a file's name promises; `application/octet-stream` when it promises none. */
export function typeOf(name: string): string {
  return types[name.split('.').pop()?.toLowerCase() ?? ''] ?? 'application/octet-stream';
}

/** The file object (https://docs.slack.dev/reference/objects/file-object); type and shares are empty until processed. */
export function fileObject(file: StoredFile, base: string, user: string): Readonly<Record<string, unknown>> {
  const address = `${base}/files-pri/${file.id}/${encodeURIComponent(file.name)}`;
  return {
    id: file.id,
    created: Math.floor(file.created / 1000),
    timestamp: Math.floor(file.created / 1000),
    name: file.name,
    title: file.title,
    mimetype: file.processed ? typeOf(file.name) : '',
    filetype: file.processed ? (file.name.split('.').pop() ?? '') : '',
    size: file.bytes?.length ?? file.length,
    user,
    url_private: address,
    url_private_download: `${address}?download=1`,
    ...(file.altText === undefined ? {} : { alt_txt: file.altText }),
    shares: file.processed ? { public: sharesByChannel(file) } : {},
    channels: file.processed ? file.shares.map((share) => share.channel) : [],
  };
}

function sharesByChannel(file: StoredFile): Record<string, unknown[]> {
  const by: Record<string, unknown[]> = {};
  for (const { channel, ...share } of file.shares) (by[channel] ??= []).push(share);
  return by;
}
