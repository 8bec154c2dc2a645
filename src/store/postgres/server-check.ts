import type { Client } from 'pg';
import type { Logger } from 'pino';
import { TextError } from '../../model/text.ts';
import { awayFor } from './client.ts';

const VERSION_MIN = 150_000;

/** @throws TextError if this server is none for records */
export async function checkServer(client: Client, logger: Pick<Logger, 'warn'>): Promise<void> {
  const { rows } = await client.query<{ version: number; encoding: string; fsync: string }>(
    `select current_setting('server_version_num')::int as version,
      current_setting('server_encoding') as encoding, current_setting('fsync') as fsync`,
  );
  const [{ version, encoding, fsync } = { version: 0, encoding: '', fsync: '' }] = rows;
  if (version < VERSION_MIN)
    throw new TextError({
      zh: `需要 PostgreSQL 15 或更新版本，当前为 ${Math.floor(version / 10_000)}`,
      en: `PostgreSQL 15 or newer is wanted, and this one is ${Math.floor(version / 10_000)}`,
    });
  if (encoding !== 'UTF8')
    throw new TextError({
      zh: `数据库的编码须为 UTF8，当前为 ${encoding}`,
      en: `the database must be in UTF8, and this one is in ${encoding}`,
    });
  if (fsync !== 'on')
    logger.warn('fsync is off on the server: what is acknowledged does not survive a power cut there');
}

/**
 * A replica, or a server that its people or a full disk have set to reading. Its sessions would stay so: who comes again
 * is led to the one that writes, when there is one. @throws RecordsAway
 */
export async function refuseReadOnly(client: Client): Promise<void> {
  const { rows } = await client.query<{ transaction_read_only: string }>('show transaction_read_only');
  if (rows[0]?.transaction_read_only === 'on') throw awayFor(new Error('it only reads at present'));
}
