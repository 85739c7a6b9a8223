import { blockCharacters, checkMessage, countCharacters, printed } from '../block/check-message.ts';
import type { Fault, Surroundings } from '../block/check-message.ts';
import { checkView, sizeOf, viewBytes } from '../block/check-view.ts';
import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { activeIn } from '../markup/active-in.ts';
import { Refusal } from '../refusal.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { invalidArguments } from './args.ts';

/** The blocks of a message once they passed; refuses with `invalid_blocks` and every fault, and records it. */
export function passedBlocks(workspace: Workspace, blocks: unknown, where: string): JsonObject[] {
  if (!Array.isArray(blocks)) throw new Refusal('invalid_blocks_format');
  const faults = workspace.chaos.anyBlocks ? [] : checkMessage(blocks, surroundings(workspace));
  if (faults.length > 0) throw invalidBlocks(workspace, faults, where);
  if (countCharacters(blocks) > blockCharacters) {
    workspace.record.violation(
      'warning',
      'msg_blocks_too_long',
      where,
      `more than ${blockCharacters} characters in all blocks`,
    );
  }
  return blocks as JsonObject[];
}

/** The view once it passed; refuses with `invalid_arguments` or `view_too_large`. */
export function passedView(workspace: Workspace, view: unknown, type: 'modal' | 'home', where: string): JsonObject {
  if (!isObject(view)) throw invalidArguments(['missing required field: view']);
  if (workspace.chaos.anyBlocks) return view;
  const faults = checkView(view, surroundings(workspace));
  if (faults.length > 0) {
    for (const line of printed(faults)) workspace.record.violation('error', 'invalid_view', where, line);
    throw invalidArguments(printed(faults));
  }
  if (view['type'] !== type) throw invalidArguments([`must be a valid enum value [json-pointer:/view/type]`]);
  if (sizeOf(view) > viewBytes) throw new Refusal('view_too_large');
  workspace.record.active(where, activeIn(view));
  return view;
}

/** What this workspace knows that a check of blocks may need. */
export function surroundings(workspace: Workspace): Surroundings {
  return {
    refused: workspace.chaos.refuseBlockTypes,
    knowsFile: (wanted) => {
      const file = [...workspace.files.values()].find((one) => one.id === wanted || wanted.includes(`/${one.id}/`));
      return file?.processed === true;
    },
  };
}

function invalidBlocks(workspace: Workspace, faults: readonly Fault[], where: string): Refusal {
  const lines = printed(faults);
  const refusedOnPurpose = faults.every((fault) =>
    workspace.chaos.refuseBlockTypes.some((type) => fault.sentence === `unsupported type: ${type}`),
  );
  if (!refusedOnPurpose) for (const line of lines) workspace.record.violation('error', 'invalid_blocks', where, line);
  return new Refusal('invalid_blocks', {
    errors: lines,
    response_metadata: { messages: lines.map((line) => `[ERROR] ${line}`) },
  });
}
