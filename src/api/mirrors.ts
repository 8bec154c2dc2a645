import { z } from 'zod';

/**
 * The nouns of the model as schemas, for replies and for the OpenAPI document. A reply is passed through its schema on
 * the way out, so that what a schema does not name cannot leave. `mirrors` holds each to its type: a field that is
 * added to the type and forgotten here does not compile.
 */
export const mirrors =
  <T>() =>
  <S extends z.ZodType<T>>(schema: S & ([Keys<T>] extends [Keys<z.output<S>>] ? unknown : never)): S =>
    schema;
type Keys<T> = T extends unknown ? keyof T : never;

export const named = <const N extends string>(names: readonly N[]) => z.enum(names as readonly [N, ...N[]]);
