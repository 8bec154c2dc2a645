import { resolve } from 'node:path';
import type { Command } from 'commander';
import { dataFolder } from '../app/named-service.ts';
import { configOption, dataOption } from '../cli.ts';
import { restoreFrom } from '../store/backup.ts';

interface RestoreOptions {
  readonly from: string;
  readonly config: string;
  readonly data?: string;
  readonly force?: boolean;
}

/** `restore --from <folder>`: puts a backup in the place of the data. The service must not run. */
export default function addRestoreCommand(program: Command): void {
  program
    .command('restore')
    .description('put a backup in the place of the data; the service must not run')
    .requiredOption('--from <folder>', 'the folder that `backup` wrote')
    .addOption(configOption())
    .addOption(dataOption())
    .option('--force', 'replace the data that is in the folder now')
    .action(async ({ from, force = false, ...folders }: RestoreOptions) => {
      const data = await dataFolder(folders);
      const { at, lastSeq } = await restoreFrom(resolve(from), resolve(data), { force });
      const made = new Date(at).toISOString();
      console.error(`restored ${resolve(data)} from the backup of ${made}, up to input ${lastSeq}`);
    });
}
