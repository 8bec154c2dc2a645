import { z } from 'zod';
import { IMPORT_WARNINGS, type ImportWarningCode } from '../model/import-warning.ts';
import type { Noun } from '../model/registry.ts';
import { textSchema } from '../model/text.ts';
import type { ParsedImport } from './import.ts';
import { releasedSchema } from './releasing.ts';
import { untoldSchema } from './replies.ts';

const NOUNS = ['node', 'home', 'resident', 'contact', 'device', 'gateway', 'staff'] as const satisfies Noun[];
const noun = z.enum(NOUNS);

/** What is told at once of each kind; whoever has a thousand mistakes has one. */
const TOLD_MAX = 1000;
const problems = z.array(
  z.object({
    line: z.number().int(),
    column: z.number().int().exactOptional(),
    message: z.string(),
    text: textSchema.exactOptional().meta({ description: 'the message in both languages' }),
  }),
);

export const importReplySchema = z.object({
  applied: z.boolean(),
  put: z.number().int().meta({ description: 'entries that are new or changed' }),
  added: z.number().int().exactOptional().meta({ description: 'those of them that are new' }),
  changed: z.number().int().exactOptional().meta({ description: 'those of them that were there' }),
  unchanged: z
    .number()
    .int()
    .exactOptional()
    .meta({ description: 'entries of the file that are there already, as they are' }),
  changes: z
    .array(
      z.object({
        noun,
        key: z.string(),
        change: z.enum(['added', 'changed', 'removed']),
        fields: z.array(
          z.object({
            field: z.string(),
            before: z.unknown().optional(),
            after: z.unknown().optional(),
          }),
        ),
      }),
    )
    .exactOptional()
    .meta({
      description: 'what happens to each entry, field by field, up to 1000; secrets are left out',
    }),
  moves: z
    .array(z.object({ noun: z.enum(['home', 'device']), key: z.string(), from: z.string(), to: z.string() }))
    .exactOptional()
    .meta({
      description: 'devices that come to another home and homes that stand elsewhere, up to 1000',
    }),
  invented: z
    .array(z.object({ gateway: z.string(), devices: z.number().int(), meant: z.string().exactOptional() }))
    .exactOptional()
    .meta({
      description:
        'gateways that are made because rows of CSV name them, up to 1000; `meant`: one of nearly the same name',
    }),
  warnings: z
    .array(
      z.object({
        line: z.number().int(),
        code: z.enum(Object.keys(IMPORT_WARNINGS) as [ImportWarningCode, ...ImportWarningCode[]]),
        noun,
        key: z.string(),
        text: textSchema,
      }),
    )
    .exactOptional()
    .meta({ description: 'what is probably a mistake of the file and hinders nothing, by line, up to 1000' }),
  made: z
    .array(
      z.object({
        line: z.number().int(),
        home: z.string(),
        parent: z.string(),
        name: z.string(),
        known: z.boolean().meta({ description: 'it is in the registry already' }),
      }),
    )
    .exactOptional()
    .meta({
      description:
        'homes of which the file has place and room and no id, with the id that was found or made for them, up to 1000',
    }),
  remove: z.number().int(),
  untold: untoldSchema.exactOptional().meta({
    description:
      'homes that the change leaves without any person or group who could be told of a P1 or P2; absent: there are none',
  }),
  released: releasedSchema.exactOptional(),
  problems,
  problemsMore: z
    .number()
    .int()
    .exactOptional()
    .meta({ description: 'problems that the file has beside these, which are the first' }),
});

/** What a file would do, or has done, as it is answered. */
export function importOutcome(parsed: ParsedImport) {
  const { added, changes, moves, invented, warnings, made } = parsed;
  return {
    put: parsed.put.length,
    ...(added !== undefined && {
      added,
      changed: parsed.put.length - added,
      unchanged: parsed.unchanged ?? 0,
    }),
    ...(changes && { changes: shownChanges(parsed) }),
    ...(moves && { moves: moves.slice(0, TOLD_MAX) }),
    ...(invented?.length && { invented: invented.slice(0, TOLD_MAX) }),
    ...(warnings?.length && { warnings: warnings.slice(0, TOLD_MAX) }),
    ...(made?.length && { made: made.slice(0, TOLD_MAX) }),
    remove: parsed.remove.length,
    problems: parsed.problems.slice(0, TOLD_MAX),
    ...(parsed.more && { problemsMore: parsed.more }),
  };
}

const shownChanges = ({ changes = [], remove }: ParsedImport) =>
  [
    ...changes.map(({ fields, ...change }) => ({ ...change, fields: [...fields] })),
    ...remove.map(({ noun: what, key }) => ({ noun: what, key, change: 'removed' as const, fields: [] })),
  ].slice(0, TOLD_MAX);

export type ImportReply = z.output<typeof importReplySchema>;
