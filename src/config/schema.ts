import { isIP } from 'node:net';
import { z } from 'zod';

/** A leaf of the configuration file: its message is what was expected there. */
const text = (expected: string, pattern: RegExp) =>
  z.string({ error: `expected ${expected}` }).regex(pattern, { error: `expected ${expected}` });

const FILE = 'the path of a file';
const file = text(FILE, /^[^\0\r\n]{1,4096}$/);
const port = z
  .int({ error: 'expected a port, 1 to 65535' })
  .min(1, { error: 'expected a port, 1 to 65535' })
  .max(65_535, { error: 'expected a port, 1 to 65535' });
const address = z
  .string({ error: 'expected an IP address or a host name' })
  .refine((value) => isIP(value) !== 0 || /^(?!-)[A-Za-z0-9-]{1,63}(\.(?!-)[A-Za-z0-9-]{1,63}){0,8}$/.test(value), {
    error: 'expected an IP address or a host name',
  });
const person = text('a Slack user id such as U012AB3CD', /^[UW][A-Z0-9]{2,20}$/);
const approver = text(
  'the Slack id of a user, such as U012AB3CD, or of a user group, such as S012AB3CD, or terminal:NAME',
  /^(?:[UWS][A-Z0-9]{2,20}|terminal:(?!root$)[A-Za-z_][A-Za-z0-9_.-]{0,31})$/,
);
const someone = text(
  'a Slack user id such as U012AB3CD, or terminal:NAME',
  /^(?:[UW][A-Z0-9]{2,20}|terminal:(?!root$)[A-Za-z_][A-Za-z0-9_.-]{0,31})$/,
);
/** Whoever is root of a machine is nobody in particular. */
const machineUser = text(
  'the name of a user of this machine, and not root',
  /^(?!root$)[A-Za-z_][A-Za-z0-9_.-]{0,31}$/,
);
const signer = text('a principal of the signers file, such as anna@example.com', /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/);
const channel = text('a Slack channel id such as C012AB3CD', /^[CG][A-Z0-9]{2,20}$/);
const nodeName = text('the name of a node', /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/);
const mapping = (what: string) => ({ error: `expected ${what}` });

/** The configuration file. Every object is closed: a key that is not here is a mistake. */
export const fileSchema = z.strictObject(
  {
    cluster: z.strictObject(
      {
        name: text('a name of letters, digits, dots and dashes', /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/),
        kubeconfig: file.optional(),
        context: text('the name of a context in the kubeconfig', /^[^\p{Cc}]{1,253}$/u).optional(),
      },
      mapping('a mapping with name'),
    ),
    ssh: z.strictObject(
      {
        user: text('the name of a user on the nodes', /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/),
        privateKeyFile: file,
        fixKeyFile: file.optional(),
        gate: z.boolean({ error: 'expected true or false' }).optional(),
        knownHostsFile: file.optional(),
        hostKeys: z
          .record(
            nodeName,
            text('a fingerprint as `ssh-keygen -lf` prints it, SHA256:…', /^SHA256:[A-Za-z0-9+/]{43}$/),
            mapping('a mapping from node names to fingerprints'),
          )
          .optional(),
        port: port.optional(),
        nodes: z
          .record(
            nodeName,
            z.strictObject({ address, port: port.optional() }, mapping('a mapping with address')),
            mapping('a mapping from node names to {address, port?}'),
          )
          .optional(),
      },
      mapping('a mapping with user, privateKeyFile and knownHostsFile or hostKeys'),
    ),
    starters: z.array(person, mapping('a list of Slack user ids')).min(1, 'expected at least one user').optional(),
    approval: z
      .strictObject(
        {
          approvers: z
            .array(approver, mapping('a list of ids of Slack users and user groups'))
            .min(1, 'expected at least one user or user group'),
          expiresMinutes: z
            .int({ error: 'expected whole minutes, 1 to 60' })
            .min(1, { error: 'expected whole minutes, 1 to 60' })
            .max(60, { error: 'expected whole minutes, 1 to 60' })
            .default(15),
          people: z
            .record(
              text('a name of lower-case letters, digits, dots and dashes', /^[a-z0-9][a-z0-9._-]{0,62}$/),
              z.strictObject(
                {
                  slack: z.array(person, mapping('a list of Slack user ids')).default([]),
                  terminal: z.array(machineUser, mapping('a list of users of this machine')).default([]),
                  signers: z.array(signer, mapping('a list of principals of the signers file')).default([]),
                },
                mapping('a mapping with slack, terminal and signers'),
              ),
              mapping('a mapping from names of people to their ids'),
            )
            .optional(),
          signersFile: file.optional(),
          breakGlass: z
            .array(someone, mapping('a list of Slack user ids or terminal:NAME'))
            .min(1, 'expected at least one person')
            .optional(),
        },
        mapping('a mapping with approvers'),
      )
      .optional(),
    journal: z
      .strictObject({ url: z.string({ error: 'expected sqlite:PATH' }) }, mapping('a mapping with url'))
      .optional(),
    audit: z
      .strictObject(
        { checkpointFile: file.optional(), channel: channel.optional() },
        mapping('a mapping with checkpointFile or channel'),
      )
      .optional(),
    channels: z
      .array(channel, mapping('a list of Slack channel ids'))
      .min(1, 'expected at least one channel')
      .optional(),
  },
  mapping('a mapping with cluster, ssh, approval and journal'),
);

/** The file as it was read: right by itself, not yet held against the environment. */
export type FileSettings = z.infer<typeof fileSchema>;

/** Keys that a mapping at this path may have; empty where any key is right or nothing is known. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let at: unknown = fileSchema;
  for (const step of path) {
    const bare = unwrapped(at);
    if (bare instanceof z.ZodObject) at = (bare.shape as Record<PropertyKey, unknown>)[step];
    else if (bare instanceof z.ZodRecord) at = bare.valueType;
    else return [];
  }
  const bare = unwrapped(at);
  return bare instanceof z.ZodObject ? Object.keys(bare.shape) : [];
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? unwrapped(schema.unwrap()) : schema;
}
