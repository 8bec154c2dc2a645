import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Control, runningService } from '../api/control.ts';
import { UsageError } from '../cli.ts';
import { loadServiceConfig } from '../config/service-config.ts';
import { TextError } from '../model/text.ts';
import { configurationWrong } from './load.ts';

/** How a command names the service that it speaks to. */
export interface ServiceName {
  /** Configuration folder, which names the data folder. */
  readonly config: string;
  readonly data?: string;
  readonly url?: string;
  readonly token?: string;
}

/** The service that was named, or the one that runs on the data folder of this machine. */
export async function namedService({ url, token, data, config }: ServiceName): Promise<Control | undefined> {
  const address = url ?? process.env['SHOUWANG_URL'];
  if (address !== undefined) {
    const secret = token ?? process.env['SHOUWANG_TOKEN'];
    if (!secret)
      throw new UsageError({
        zh: '--url 需要 --token（或 SHOUWANG_TOKEN）；用 `shouwang user token` 生成',
        en: '--url needs a --token (or SHOUWANG_TOKEN); `shouwang user token` makes one',
      });
    return { pid: 0, url: address.replace(/\/+$/, ''), token: secret };
  }
  return runningService(data ?? (await configuredData(config)));
}

/** The data folder that a configuration names. @throws with every mistake of it. */
async function configuredData(dir: string): Promise<string> {
  const loaded = await loadServiceConfig({ dir, env: process.env });
  if (loaded.ok) return loaded.value.config.dataDir;
  throw new TextError(configurationWrong(loaded.error));
}

/** The data folder that was named, or else that of the configuration; without one, `data` in this folder. */
export async function dataFolder({
  data,
  config,
}: {
  readonly data?: string;
  readonly config: string;
}): Promise<string> {
  if (data !== undefined) return data;
  const named = process.env['SHOUWANG_DATA_DIR'];
  if (named !== undefined) return named;
  if (!existsSync(join(config, 'service.yaml'))) return 'data';
  return configuredData(config);
}
