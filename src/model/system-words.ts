import { type Text, TextError } from './text.ts';

/** What the system and TLS refuse, by the code of it. */
export const SYSTEM_WORDS: Readonly<Record<string, Text>> = {
  EACCES: { zh: '没有权限', en: 'no permission' },
  EPERM: { zh: '不允许此操作', en: 'the system does not allow this' },
  EROFS: { zh: '所在的磁盘为只读', en: 'its disk can only be read' },
  ENOENT: { zh: '文件或文件夹不存在', en: 'there is no such file or folder' },
  ENOTDIR: { zh: '应为文件夹', en: 'this is no folder' },
  EISDIR: { zh: '应为文件，却是文件夹', en: 'this is a folder, and a file is wanted' },
  EEXIST: { zh: '已经存在', en: 'it exists already' },
  ENOSPC: { zh: '磁盘已满', en: 'the disk is full' },
  EDQUOT: { zh: '磁盘配额已用完', en: 'the quota of the disk is used up' },
  EFBIG: { zh: '文件超过了允许的大小', en: 'the file is larger than is allowed' },
  EIO: { zh: '磁盘读写出错', en: 'the disk fails' },
  EMFILE: { zh: '打开的文件过多（ulimit -n）', en: 'too many open files (ulimit -n)' },
  EADDRINUSE: { zh: '地址或端口已被占用', en: 'address or port are in use' },
  EADDRNOTAVAIL: { zh: '本机没有这个地址', en: 'this machine has no such address' },
  ECONNREFUSED: { zh: '对方没有在此端口监听', en: 'nothing listens there' },
  ECONNRESET: { zh: '对方中断了连接', en: 'the connection was cut over there' },
  EHOSTUNREACH: { zh: '到不了这台主机', en: 'this host cannot be reached' },
  ENETUNREACH: { zh: '网络不通', en: 'the network cannot be reached' },
  ENOTFOUND: { zh: '找不到这台主机', en: 'there is no such host' },
  EAI_AGAIN: { zh: '域名服务没有应答', en: 'nobody answers for names of hosts' },
  ETIMEDOUT: { zh: '没有应答', en: 'no answer' },
  EBADNAME: { zh: '不是主机名', en: 'this is no name of a host' },
  CERT_HAS_EXPIRED: { zh: '证书已过期', en: 'the certificate has expired' },
  CERT_NOT_YET_VALID: { zh: '证书尚未生效', en: 'the certificate is not valid yet' },
  ERR_TLS_CERT_ALTNAME_INVALID: { zh: '证书不含这个名称', en: 'the certificate does not name it' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { zh: '证书为自签', en: 'the certificate is signed by itself' },
  SELF_SIGNED_CERT_IN_CHAIN: { zh: '证书链含自签证书', en: 'the chain holds a certificate signed by itself' },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { zh: '证书链不完整', en: 'the chain of the certificate is not complete' },
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: {
    zh: '私钥与证书不符',
    en: 'the private key is not the one of the certificate',
  },
  ERR_OSSL_PEM_NO_START_LINE: { zh: '文件中没有 PEM 内容', en: 'the file holds nothing in PEM' },
  ERR_OSSL_PEM_BAD_END_LINE: { zh: 'PEM 内容不完整', en: 'what the file holds in PEM is not complete' },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    zh: '不认识签发者',
    en: 'whoever signed the certificate is not known',
  },
};

export const NO_ANSWER: Text = { zh: '没有应答', en: 'no answer' };

/** Why something could not be reached or read, in the words of its reader; what nobody has words for stays as it is. */
export function errorText(error: unknown): Text {
  if (error instanceof TextError) return error.text;
  const cause = innermost(error);
  const { code = '', name } = cause as { code?: string; name?: string };
  if (name === 'TimeoutError') return NO_ANSWER;
  const words = SYSTEM_WORDS[code];
  if (words) return { zh: `${words.zh}（${code}）`, en: `${words.en} (${code})` };
  const said = cause instanceof Error ? cause.message || cause.name : String(cause);
  return { zh: said, en: said };
}

/** SQLite says it in words of its own. */
export const isDiskFull = (error: unknown): boolean =>
  error instanceof Error &&
  ((error as NodeJS.ErrnoException).code === 'ENOSPC' ||
    error.message.includes('database or disk is full') ||
    isDiskFull(error.cause));

/** What SQLite reads in a file is none of what it wrote: it names neither the file nor what to do. */
export const isDamaged = (error: unknown): boolean =>
  error instanceof Error && error.message === 'database disk image is malformed';
export const DAMAGED: Text = {
  zh: '数据文件夹中的数据库文件已损坏。shouwang doctor 会指出是哪一个：请保留一份副本，再从备份或归档恢复',
  en: 'a database file in the data folder is damaged. `shouwang doctor` names it: keep a copy of it, and restore a backup or the archive',
};

/** `fetch failed` says nothing; what it was made of does. */
function innermost(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0]);
  return error instanceof Error && error.cause instanceof Error ? innermost(error.cause) : error;
}

/** What stores say most. */
const STORE_WORDS: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [/^PostgreSQL is away: (.*)$/s, (why = '') => `PostgreSQL 不可用：${chineseOfMessage(why)}`],
  [
    /^PostgreSQL did not write this batch within (.*) s; the next try may take (.*) s$/,
    (before = '', next = '') => `PostgreSQL 在 ${before} 秒内未写完这一批；下一次尝试允许 ${next} 秒`,
  ],
  [/^Query read timeout$/, () => '没有应答'],
  [/^it only reads at present$/, () => '对方目前只读（副本，或被设为只读）'],
  [/^canceling statement due to lock timeout$/, () => '表被另一个会话锁住'],
  [/^the connection to PostgreSQL is closed$/, () => '与 PostgreSQL 的连接已关闭'],
  [/^password authentication failed for user "(.*)"$/, (user = '') => `用户 ${user} 的密码不正确`],
  [/^database "(.*)" does not exist$/, (name = '') => `没有数据库 ${name}`],
  [/^role "(.*)" does not exist$/, (name = '') => `没有用户 ${name}`],
  [
    /^the database system is (starting up|shutting down)$/,
    (what) => (what === 'starting up' ? '数据库正在启动' : '数据库正在关闭'),
  ],
  [
    /^a base takes (\d+) MB, and (\d+) MB are free on the disk of the archive$/,
    (needed, free) => `一份完整副本需要 ${needed} MB，归档盘只剩 ${free} MB`,
  ],
  [/^database or disk is full$/, () => '磁盘已满'],
  [/^database disk image is malformed$/, () => '数据库文件已损坏'],
  [/^disk I\/O error$/, () => '磁盘读写出错'],
  [/^attempt to write a readonly database$/, () => '数据库文件只能读，不能写'],
  [/^database (table )?is locked$/, () => '数据库文件被另一个程序占用'],
  [/^unexpected end of file$/, () => '文件不完整，结尾缺失'],
];

/** The same of a message that was kept without its error: with the path or address in it. */
export function chineseOfMessage(message: string): string {
  for (const [form, words] of STORE_WORDS) {
    const parts = form.exec(message);
    if (parts) return words(...parts.slice(1));
  }
  const code = message.match(/\bE[A-Z]{3,}\b/)?.[0] ?? '';
  const words = SYSTEM_WORDS[code];
  if (!words) return `“${message}”`;
  const [, path, address] = /'([^']+)'|(\S+:\d+)$/.exec(message) ?? [];
  const where = path ?? address;
  return `${where === undefined ? '' : `${where} `}${words.zh}（${code}）`;
}
