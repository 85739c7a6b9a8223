import type { Stage } from '../../page/stage.ts';

/** A message as the workspace keeps it. */
export interface Said {
  readonly channel: string;
  readonly ts: string;
  readonly text: string;
  readonly thread_ts?: string;
  /** Who alone sees it. */
  readonly only?: string;
  readonly blocks?: readonly Block[];
}

interface Block {
  readonly type: string;
  readonly elements?: readonly Element[];
  readonly accessory?: Element;
  readonly tasks?: readonly { readonly title: string; readonly status: string }[];
}

interface Element {
  readonly type: string;
  readonly action_id: string;
  readonly value?: string;
  readonly text?: { readonly text: string };
  readonly options?: readonly { readonly value: string; readonly text: { readonly text: string } }[];
}

/** A button that stands in a message or on a Home tab, or one option of a menu. */
export interface Standing {
  readonly label: string;
  /** What it says to netdiag. */
  readonly token: string;
  readonly action: string;
  /** Set for an option of a menu. */
  readonly option?: string;
  readonly message: Pick<Said, 'channel' | 'ts' | 'thread_ts' | 'only'>;
}

/** What lies on the table: every channel's messages, every form and Home tab. */
export interface Table {
  readonly channels: readonly { readonly id: string; readonly messages: readonly Said[] }[];
  readonly views: Readonly<Record<string, View | null>>;
  readonly homes: Readonly<Record<string, View | null>>;
}

export interface View {
  readonly id: string;
  readonly callback_id: string;
  readonly blocks: readonly (Block & { readonly block_id?: string; readonly element?: Element })[];
}

export async function table(stage: Stage): Promise<Table> {
  return (await stage.control('state')) as unknown as Table;
}

export function messages({ channels }: Table): readonly Said[] {
  return channels.flatMap((channel) => channel.messages);
}

/** The buttons of a message or a view, menus by their options. */
export function buttonsOf(blocks: readonly Block[], message: Standing['message']): readonly Standing[] {
  return blocks.flatMap(({ elements = [], accessory }) =>
    [...elements, ...(accessory === undefined ? [] : [accessory])].flatMap((element): Standing[] => {
      if (typeof element.action_id !== 'string') return [];
      const { action_id: action, options, value, text } = element;
      if (options !== undefined)
        return options.map((option) => ({
          label: option.text.text,
          token: option.value,
          action,
          option: option.value,
          message,
        }));
      return value === undefined ? [] : [{ label: text?.text ?? '', token: value, action, message }];
    }),
  );
}

/** Every button that somebody can press in a channel now. */
export function standing(on: Table): readonly Standing[] {
  return messages(on).flatMap((message) => buttonsOf(message.blocks ?? [], message));
}
