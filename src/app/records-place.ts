import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadServiceConfig } from '../config/service-config.ts';
import type { ServiceConfig } from '../config/service-schema.ts';
import { TextError } from '../model/text.ts';
import type { RecordsPlace } from '../store/records.ts';
import { configurationWrong } from './load.ts';

/** Where the data are; without a configuration folder, what is usual. @throws Error with every mistake of the configuration */
export async function placeOf({
  config: dir,
  data,
}: {
  readonly config: string;
  readonly data?: string;
}): Promise<RecordsPlace & Pick<ServiceConfig, 'archive'>> {
  if (!existsSync(dir)) {
    const dataDir = resolve(data ?? process.env['SHOUWANG_DATA_DIR'] ?? 'data');
    return { dataDir, store: { records: 'sqlite' } };
  }
  const flags = data === undefined ? {} : { dataDir: resolve(data) };
  const loaded = await loadServiceConfig({ dir, env: process.env, flags });
  if (!loaded.ok) throw new TextError(configurationWrong(loaded.error));
  return loaded.value.config;
}
