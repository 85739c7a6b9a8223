import type { Draft, Scene } from './remediation.ts';
import { onNode } from './remediation.ts';

/**
 * Writes a file that is not there yet into a directory that is, and takes exactly that file away again. The lookup answers with the
 * directory alone, so a file, a missing directory and a missing `find` all stop the plan before anything is written.
 */
export function newFile(
  scene: Scene,
  directory: string,
  name: string,
  text: string,
): Pick<Draft, 'steps' | 'undo' | 'preconditions'> {
  const path = `${directory}/${name}`;
  return {
    steps: [onNode(scene, ['install', '-D', '-m', '0644', '/dev/stdin', path], text)],
    undo: [onNode(scene, ['rm', '-f', path])],
    preconditions: [{ argv: ['find', directory, path, '-maxdepth', '0'], stdout: `${directory}\n` }],
  };
}
