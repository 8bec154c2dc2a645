import { type Control, runningService } from '../api/control.ts';
import { UsageError } from '../cli.ts';
import { loadServiceConfig } from '../config/service-config.ts';
import { formatProblem } from '../config/yaml-file.ts';

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
      throw new UsageError('--url needs a --token (or SHOUWANG_TOKEN); `shouwang user token` makes one');
    return { pid: 0, url: address.replace(/\/+$/, ''), token: secret };
  }
  return runningService(data ?? (await configuredData(config)));
}

async function configuredData(dir: string): Promise<string> {
  const loaded = await loadServiceConfig({ dir, env: process.env });
  if (loaded.ok) return loaded.value.config.dataDir;
  throw new Error(loaded.error.map(formatProblem).join('\n'));
}
