import { sysctlFiles } from '../probe/index.ts';
import type { FileSetting } from '../probe/sysctl-files.ts';
import { winner } from '../probe/sysctl-files.ts';
import { newFile } from './new-file.ts';
import type { Draft, Scene } from './remediation.ts';

const DIRECTORY = '/etc/sysctl.d';
/** Applied after every file of sysctl.d where it is applied at all. */
const LAST = '/etc/sysctl.conf';

/** A kernel setting as a file of sysctl.d gives it. */
export interface Wanted {
  /** With dots, as `sysctl` prints it; a dot within a device's name is `/`. */
  readonly key: string;
  readonly value: string;
}

/**
 * A file of sysctl.d that sets one key and wins over every other file; `unfit` where one would still win over it, `done` where one of
 * them sets the value already.
 */
export function sysctlFile(
  scene: Scene,
  name: string,
  { key, value }: Wanted,
): Pick<Draft, 'steps' | 'undo' | 'preconditions'> | { readonly unfit: string } | { readonly done: string } {
  const files = scene.readings.of('subject', sysctlFiles, {});
  if (files?.known !== true) return { unfit: 'the files that set kernel settings could not be read' };
  const { settings } = files.value;
  const path = `${DIRECTORY}/${name}`;
  if (settings.some(({ file }) => file === path))
    return { unfit: `${path} exists already: put the setting there by hand` };
  const now = winner(settings, key);
  if (now?.value === value) return { done: `${now.file}:${now.line} sets it already` };
  const own: FileSetting = { file: path, line: 2, key, value, text: `${key} = ${value}` };
  const at = settings.findIndex((setting) => isAfter(setting, name));
  const after = winner(at < 0 ? [...settings, own] : settings.toSpliced(at, 0, own), key);
  if (after !== own && after !== null)
    return {
      unfit: `${after.file}:${after.line} is applied after ${path} and would still win (${after.text.trim()}): change that line`,
    };
  const written = key.includes('/') ? key.replaceAll(/[./]/g, (sign) => (sign === '.' ? '/' : '.')) : key;
  return newFile(
    scene,
    DIRECTORY,
    name,
    `# Written by netdiag, after the same value had mended this node.\n${written} = ${value}\n`,
  );
}

function isAfter({ file }: FileSetting, name: string): boolean {
  return file === LAST || file.slice(file.lastIndexOf('/') + 1) > name;
}
