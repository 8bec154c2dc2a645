import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { loadServiceConfig } from '../config/service-config.ts';
import type { RecordsPlace } from '../store/records.ts';
import { problemText } from './load.ts';

/** What a command that works on the data is told on the command line. */
export interface PlaceOptions {
  readonly config: string;
  readonly data?: string;
}

/** The options by which such a command finds the data. */
export const withPlace = (command: Command): Command =>
  command
    .option('-c, --config <dir>', 'configuration folder, which says where the records are', 'config')
    .option('-d, --data <folder>', 'folder of the data, instead of the configured one (SHOUWANG_DATA_DIR)');

/** Where the data are; without a configuration folder, what is usual. @throws Error with every mistake of the configuration */
export async function placeOf({ config: dir, data }: PlaceOptions): Promise<RecordsPlace> {
  if (!existsSync(dir)) {
    const dataDir = resolve(data ?? process.env['SHOUWANG_DATA_DIR'] ?? 'data');
    return { dataDir, store: { records: 'sqlite' } };
  }
  const flags = data === undefined ? {} : { dataDir: resolve(data) };
  const loaded = await loadServiceConfig({ dir, env: process.env, flags });
  if (!loaded.ok) throw new Error(`the configuration has mistakes:\n${problemText(loaded.error)}`);
  return loaded.value.config;
}
