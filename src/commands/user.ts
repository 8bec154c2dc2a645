import { existsSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { RoleOnNode } from '../api/access.ts';
import {
  changePassword,
  createUser,
  deleteUser,
  isAdministrator,
  openSession,
  otherAdministrators,
  PASSWORD_LENGTH_MIN,
  USER_ID,
} from '../api/accounts.ts';
import { askService, runningService } from '../api/control.ts';
import { placeOf } from '../app/records-place.ts';
import { type PlaceOptions, UsageError, withPlace } from '../cli.ts';
import { tell } from '../cli-words.ts';
import { wallClock } from '../lib/clock.ts';
import { generateSecret } from '../lib/secrets.ts';
import { type Locale, TextError } from '../model/text.ts';
import { PERMISSION_ROLES, type PermissionRole, type RecordStore, type User } from '../ports/records.ts';
import { dataFiles } from '../store/data-files.ts';
import { type RecordsPlace, recordsAt } from '../store/records.ts';

/** `user add|list|password|remove|token`: accounts of people and programs. */
export default function addUserCommand(program: Command): void {
  const user = withPlace(
    program
      .command('user')
      .description('accounts of people and programs: who may sign in, and what each may do where'),
  );
  const place = () => placeOf(user.opts<PlaceOptions>());

  user
    .command('add <id>')
    .description('add an account; without --password-stdin a password is made and printed once')
    .option('--name <name>', 'as it stands in time lines; the id if absent')
    .option(
      '--role <role[@node]>',
      `${PERMISSION_ROLES.join(', ')}; with @ and the path of a node only there; may be repeated`,
      collect,
      [],
    )
    .option('--locale <zh|en>', 'language of the console', 'zh')
    .option('--password-stdin', 'read the password from standard input')
    .option('--json', 'one JSON object on standard output')
    .action(async (id: string, options: AddOptions) => {
      const account = await accountFrom(id, options);
      await withAccounts(await place(), (accounts) => accounts.add(account));
      tell({ zh: `已添加 ${id}`, en: `added ${id}` });
      if (!options.passwordStdin) printSecret('password', account.password, id, options.json);
    });

  user
    .command('list')
    .description('all accounts')
    .option('--json', 'a JSON array on standard output')
    .action(async ({ json }: { json?: boolean }) => {
      const users = await withAccounts(await place(), (accounts) => accounts.list());
      if (json) console.log(JSON.stringify(users, null, 2));
      else for (const one of users) console.log(lineOf(one));
    });

  user
    .command('password <id>')
    .description('give an account a new password and end its sessions')
    .option('--password-stdin', 'read the password from standard input instead of making one')
    .option('--json', 'one JSON object on standard output')
    .action(async (id: string, options: { passwordStdin?: boolean; json?: boolean }) => {
      const password = options.passwordStdin ? await passwordFromStdin() : generateSecret();
      await withAccounts(await place(), (accounts) => accounts.password(id, password));
      tell({ zh: `已更换 ${id} 的密码`, en: `changed the password of ${id}` });
      if (!options.passwordStdin) printSecret('password', password, id, options.json);
    });

  user
    .command('remove <id>')
    .description('remove an account with its sessions and tokens')
    .action(async (id: string) => {
      await withAccounts(await place(), (accounts) => accounts.remove(id));
      tell({ zh: `已删除 ${id}`, en: `removed ${id}` });
    });

  user
    .command('token <id>')
    .description('make a bearer token with which a program acts for this account; it is printed once')
    .requiredOption('--label <text>', 'what it is for')
    .option('--days <number>', 'how long it is valid; for ever if absent')
    .option('--json', 'one JSON object on standard output')
    .action(async (id: string, { label, days, json }: { label: string; days?: string; json?: boolean }) => {
      const expiresAt = days === undefined ? undefined : wallClock().now() + daysFrom(days) * 86_400_000;
      const token = await withAccounts(await place(), (accounts) => accounts.token(id, label, expiresAt));
      tell({ zh: `已为 ${id} 生成令牌`, en: `made a token for ${id}` });
      printSecret('token', token, id, json);
    });
}

interface AddOptions {
  readonly name?: string;
  readonly role: readonly string[];
  readonly locale: string;
  readonly passwordStdin?: boolean;
  readonly json?: boolean;
}
interface NewAccount {
  readonly id: string;
  readonly name: string;
  readonly password: string;
  readonly roles: readonly RoleOnNode[];
  readonly locale: Locale;
}
type ListedUser = Omit<User, 'passwordHash'>;

/** The same five things, asked of the running service or done on the records of one that does not run. */
interface Accounts {
  add(account: NewAccount): Promise<void>;
  list(): Promise<ListedUser[]>;
  password(id: string, password: string): Promise<void>;
  remove(id: string): Promise<void>;
  token(id: string, label: string, expiresAt: number | undefined): Promise<string>;
}

async function withAccounts<T>(place: RecordsPlace, use: (accounts: Accounts) => Promise<T>): Promise<T> {
  const { dataDir } = place;
  const control = await runningService(dataDir);
  if (control) return use(remoteAccounts((...args) => askService(control, ...args)));
  if (place.store.records === 'sqlite' && !existsSync(dataFiles(dataDir).records))
    throw new UsageError({
      zh: `${dataDir} 中没有记录；用 --data 指定文件夹`,
      en: `there are no records in ${dataDir}; --data names the folder`,
    });
  const records = recordsAt(place);
  await records.open();
  try {
    return await use(localAccounts(records));
  } finally {
    await records.close();
  }
}

type Ask = <T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) => Promise<T>;

function remoteAccounts(ask: Ask): Accounts {
  const at = (id: string) => `/users/${encodeURIComponent(id)}`;
  return {
    add: (account) => ask('POST', '/users', account),
    list: async () => (await ask<{ items: ListedUser[] }>('GET', '/users')).items,
    password: (id, password) => ask('POST', `${at(id)}/password`, { password }),
    remove: (id) => ask('DELETE', at(id)),
    token: async (id, label, expiresAt) => {
      const body = { user: id, label, ...(expiresAt === undefined ? {} : { expiresAt }) };
      return (await ask<{ token: string }>('POST', '/tokens', body)).token;
    },
  };
}

function localAccounts(records: RecordStore): Accounts {
  const existing = async (id: string): Promise<User> => {
    const user = await records.user(id);
    if (!user) throw new TextError({ zh: `没有账号 ${id}`, en: `there is no account ${id}` });
    return user;
  };
  const now = () => wallClock().now();
  return {
    async add(account) {
      await checkNodes(records, account.roles);
      const added = await createUser(records, account, now());
      if (added === 'exists')
        throw new TextError({
          zh: `已有账号 ${account.id}`,
          en: `there is an account ${account.id} already`,
        });
    },
    list: async () => (await records.users()).map(({ passwordHash: _, ...user }) => user),
    password: async (id, password) => {
      await changePassword(records, (await existing(id)).id, password);
    },
    async remove(id) {
      const user = await existing(id);
      if (isAdministrator(user) && (await otherAdministrators(records, id)) === 0)
        throw new TextError({
          zh: `${id} 是最后一个有全部权限的账号`,
          en: `${id} is the last account that may do everything`,
        });
      await deleteUser(records, id);
    },
    async token(id, label, expiresAt) {
      const user = (await existing(id)).id;
      const expiry = expiresAt === undefined ? {} : { expiresAt };
      return (await openSession(records, { user, kind: 'token', label, now: now(), ...expiry })).token;
    },
  };
}

async function checkNodes(records: RecordStore, roles: readonly RoleOnNode[]): Promise<void> {
  const nodes = new Set<string>();
  for (const entry of await records.registry()) if (entry.noun === 'node') nodes.add(entry.path);
  for (const { node } of roles)
    if (node !== '' && !nodes.has(node))
      throw new TextError({ zh: `登记中没有节点 ${node}`, en: `there is no node ${node} in the registry` });
}

async function accountFrom(id: string, options: AddOptions): Promise<NewAccount> {
  if (!USER_ID.test(id))
    throw new UsageError({
      zh: '账号 id 为最多 64 个小写字母、数字、点、连字符和下划线',
      en: 'an id has up to 64 lower-case letters, digits, dots, hyphens and underscores',
    });
  if (options.locale !== 'zh' && options.locale !== 'en')
    throw new UsageError({ zh: '--locale 须为 zh 或 en', en: '--locale is zh or en' });
  if (options.role.length === 0)
    throw new UsageError({
      zh: '缺少 --role：没有角色的账号什么也看不到',
      en: '--role is missing: without one an account sees nothing',
    });
  return {
    id,
    name: options.name ?? id,
    roles: options.role.map(roleFrom),
    locale: options.locale,
    password: options.passwordStdin ? await passwordFromStdin() : generateSecret(),
  };
}

/** `responder@haitang/g1` */
function roleFrom(text: string): RoleOnNode {
  const [role = '', ...node] = text.split('@');
  if (!PERMISSION_ROLES.includes(role as PermissionRole))
    throw new UsageError({
      zh: `没有角色 ${role}；可选 ${PERMISSION_ROLES.join('、')}`,
      en: `no role is called ${role}; there are ${PERMISSION_ROLES.join(', ')}`,
    });
  return { role: role as PermissionRole, node: node.join('@') };
}

async function passwordFromStdin(): Promise<string> {
  const password = (await readAll(process.stdin)).replace(/\r?\n$/, '');
  if (password.length < PASSWORD_LENGTH_MIN)
    throw new UsageError({
      zh: `密码至少 ${PASSWORD_LENGTH_MIN} 个字符`,
      en: `a password has at least ${PASSWORD_LENGTH_MIN} characters`,
    });
  return password;
}

function daysFrom(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 36_500)
    throw new UsageError({ zh: '--days 须为 1 以上的整数', en: '--days is a whole number from 1' });
  return days;
}

function printSecret(
  kind: 'password' | 'token',
  secret: string,
  user: string,
  json: boolean | undefined,
): void {
  console.log(json ? JSON.stringify({ user, [kind]: secret }) : secret);
}

const lineOf = ({ id, name, roles, disabled }: ListedUser): string =>
  [
    id,
    name,
    roles.map(({ role, node }) => (node === '' ? role : `${role}@${node}`)).join(','),
    disabled ? 'disabled' : '',
  ]
    .join('\t')
    .trimEnd();

const collect = (one: string, before: readonly string[]): string[] => [...before, one];
