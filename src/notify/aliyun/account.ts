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
  .strictObject({
    community: name.nullable().default('community'),
    place: name.nullable().default('place'),
    person: name.nullable().default('person'),
    event: name.nullable().default('event'),
    time: name.nullable().default('time'),
  })
  .prefault({})
  .meta({
    title: 'Variables',
    description: "their names in the templates; null: the templates don't have it",
  });

/** The variables as templates take them: JSON, all of it strings. */
export function variablesJson(
  values: Readonly<Record<Variable, string>>,
  names: z.output<typeof variableNames>,
): string {
  const filled = VARIABLES.flatMap((variable) => {
    const named = names[variable];
    return named === null ? [] : [[named, values[variable]]];
  });
  return JSON.stringify(Object.fromEntries(filled));
}
