import type { NodeAgent } from './node-agent.ts';

/** A line: its level and what it says. */
export type Said = readonly [level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR', words: string];

/** Version of aws-node as its image's tag says it, `1.7.5`; empty for a tag that is none. */
export function versionOf(image: string): string {
  return /:v?(\d+\.\d+(?:\.\d+)?)/.exec(image)?.[1] ?? '';
}

/** Its minor number; one that is not known counts as the newest. */
export function minorOf(version: string): number {
  const [major = Number.NaN, minor = Number.NaN] = version.split('.').map(Number);
  return major === 1 ? minor : 99;
}

/** The log of ipamd, in the form of its version: text before 1.6, JSON since. */
export class IpamdLog {
  readonly #node: NodeAgent;
  readonly #file: string;
  readonly #plain: boolean;

  constructor(node: NodeAgent, logDirectory: string, minor: number) {
    this.#node = node;
    this.#file = logDirectory === '/var/log' ? '/var/log/aws-node/ipamd.log' : `${logDirectory}/ipamd.log`;
    this.#plain = minor < 6;
  }

  async write(lines: readonly Said[]): Promise<void> {
    const at = new Date().toISOString();
    const text = lines.map(([level, words]) =>
      this.#plain
        ? `${at} [${level}]\t${words}\n`
        : `${JSON.stringify({ level: level.toLowerCase(), ts: at, caller: 'ipamd/ipamd.go:501', msg: words })}\n`,
    );
    const append = ['sh', '-c', 'mkdir -p "${0%/*}" && cat >>"$0"', this.#file];
    await this.#node.run(append, { input: text.join('') });
  }
}
