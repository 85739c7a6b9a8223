// os-release(5) names the distribution in `NAME=value` lines with shell quoting:
// https://www.freedesktop.org/software/systemd/man/latest/os-release.html
import { probe } from './probe.ts';
import { linesOf, refuse } from './text/lines.ts';

export interface OsRelease {
  /** `debian`, `centos`, `amzn` … */
  readonly id: string;
  /** `12`; an empty string on rolling distributions. */
  readonly versionId: string;
  readonly prettyName: string;
  /** Distributions that it derives from. */
  readonly like: readonly string[];
}

const LINE = /^([A-Z][A-Z\d_]*)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^ "'$`;]*))$/;

/** The node's distribution. */
export const osRelease = probe({
  id: 'os-release',
  reads: 'the operating system',
  cheap: true,
  argv: () => ['cat', '/etc/os-release'],
  parse: (text): OsRelease => {
    const said = new Map<string, string>();
    for (const line of linesOf(text)) {
      if (line.startsWith('#')) continue;
      const [, name = '', quoted, single, bare] = LINE.exec(line) ?? refuse('not an assignment', line);
      said.set(name, quoted?.replaceAll(/\\(.)/g, '$1') ?? single ?? bare ?? '');
    }
    return {
      id: said.get('ID') ?? refuse('no ID', text),
      versionId: said.get('VERSION_ID') ?? '',
      prettyName: said.get('PRETTY_NAME') ?? said.get('NAME') ?? '',
      like: (said.get('ID_LIKE') ?? '').split(' ').filter((word) => word !== ''),
    };
  },
});
