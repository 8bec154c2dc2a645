import { readSecretFile } from '../lib/secret-file.ts';
import type { ValueProblem } from './schema-words.ts';
import type { ServiceConfig } from './service-schema.ts';

type Store = ServiceConfig['store'];

/** Contradictions of section `store` about readings. */
export function telemetryStoreProblems({ telemetry, influx1, influx2 }: Store): ValueProblem[] {
  const problems: ValueProblem[] = [];
  const wrong = (path: readonly string[], on: 'key' | 'value', message: string): void => {
    problems.push({ path: ['store', ...path], on, message });
  };
  const section = telemetry === 'influx1' ? influx1 : telemetry === 'influx2' ? influx2 : {};
  if (!section)
    wrong(
      ['telemetry'],
      'value',
      `found "${telemetry}", but store.${telemetry} does not say where that server is`,
    );
  if (influx1?.password !== undefined && influx1.passwordFile !== undefined)
    wrong(['influx1', 'passwordFile'], 'key', 'stands beside password; one of them is enough');
  if (influx2?.token !== undefined && influx2.tokenFile !== undefined)
    wrong(['influx2', 'tokenFile'], 'key', 'stands beside token; one of them is enough');
  if (influx2 && influx2.token === undefined && influx2.tokenFile === undefined)
    wrong(['influx2'], 'value', 'says neither token nor tokenFile');
  return problems;
}

/** With the secrets out of their files. */
export function withStoreSecrets<S extends Pick<Store, 'influx1' | 'influx2'>>(store: S): S {
  const { influx1, influx2 } = store;
  return {
    ...store,
    ...(influx1?.passwordFile !== undefined && {
      influx1: { ...influx1, password: readSecretFile(influx1.passwordFile) },
    }),
    ...(influx2?.tokenFile !== undefined && {
      influx2: { ...influx2, token: readSecretFile(influx2.tokenFile) },
    }),
  };
}
