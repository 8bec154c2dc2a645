import { z } from 'zod';
import { VARIABLES, type Variable } from '../message-variables.ts';

/** Keys of the configuration that both channels of Alibaba Cloud have. */
export const accountKeys = {
  accessKeyId: z.string().min(8).max(64).meta({ title: 'AccessKey id', description: 'of a RAM user' }),
  accessKeySecret: z.string().min(8).max(100).meta({ title: 'AccessKey secret', secret: true }),
};

/** What the vendor wants to hear of a push; anything else, and it comes again after 1, 5 and 10 minutes. */
export const PUSH_ANSWER = { code: 0, msg: '接收成功' };

const name = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,19}$/, 'a letter, then letters, digits, underscores');

export const variableNames = z
  .partialRecord(z.enum(VARIABLES), name)
  .default({ community: 'community', place: 'place', person: 'person', event: 'event', time: 'time' })
  .meta({ title: 'Variables', description: 'of the templates, by what they are called there; all of them' });

/** The variables as templates take them: JSON, all of it strings. */
export function variablesJson(
  values: Readonly<Record<Variable, string>>,
  names: z.output<typeof variableNames>,
): string {
  const filled = VARIABLES.flatMap((variable) => {
    const named = names[variable];
    return named === undefined ? [] : [[named, values[variable]]];
  });
  return JSON.stringify(Object.fromEntries(filled));
}
