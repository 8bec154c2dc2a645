import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { writeControl } from '../../src/api/control.ts';
import { UsageError } from '../../src/cli.ts';
import addUserCommand from '../../src/commands/user.ts';
import { hashToken, verifyPassword } from '../../src/lib/secrets.ts';
import type { RecordStore } from '../../src/ports/records.ts';
import { sqliteRecords } from '../../src/store/records-sqlite.ts';
import { atLength } from '../runs.ts';
import { apiFor, testService } from './api-service.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shouwang-user-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs one command line; gives what stood on standard output. */
async function shouwang(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const out = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  const err = vi.spyOn(console, 'error').mockImplementation(() => {});
  try {
    const program = new Command().exitOverride();
    addUserCommand(program);
    await program.parseAsync(['user', ...args, '--data', folder], { from: 'user' });
    return lines.join('\n');
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

async function withRecords<T>(use: (records: RecordStore) => Promise<T>): Promise<T> {
  const records = sqliteRecords({ file: join(folder, 'records.db') });
  await records.open();
  try {
    return await use(records);
  } finally {
    await records.close();
  }
}

test('accounts are kept on the data folder while no service runs', async () => {
  await withRecords(async () => {});
  const made = JSON.parse(
    await shouwang('add', 'zhang', '--name', '张丽', '--role', 'administrator', '--json'),
  );
  const user = await withRecords((records) => records.user('zhang'));
  expect(user).toMatchObject({ name: '张丽', roles: [{ role: 'administrator', node: '' }] });
  expect(await verifyPassword(made.password, user?.passwordHash ?? '')).toBe(true);
  expect(await shouwang('list')).toBe('zhang\t张丽\tadministrator');
  const changed = await shouwang('password', 'zhang');
  const after = await withRecords((records) => records.user('zhang'));
  expect(await verifyPassword(changed, after?.passwordHash ?? '')).toBe(true);
  const token = await shouwang('token', 'zhang', '--label', '大屏', '--days', '30');
  const session = await withRecords((records) => records.session(hashToken(token)));
  expect(session).toMatchObject({ kind: 'token', user: 'zhang', label: '大屏' });
  await expect(shouwang('remove', 'zhang')).rejects.toThrow('last account');
  await expect(shouwang('add', 'zhang', '--role', 'viewer')).rejects.toThrow('already');
  await expect(shouwang('add', 'li', '--role', 'viewer@haitang')).rejects.toThrow('no node haitang');
  expect(await shouwang('list', '--json')).not.toContain('passwordHash');
});

atLength('a running service is asked instead, since it holds the records', async () => {
  const service = await testService();
  const { app, close } = await apiFor(service, { controlToken: 'control' });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  await writeControl(folder, { pid: process.pid, url, token: 'control' });
  await shouwang('add', 'li', '--role', 'responder@haitang/g1', '--role', 'viewer@haitang');
  expect(await shouwang('list')).toBe('li\tli\tresponder@haitang/g1,viewer@haitang');
  const token = await shouwang('token', 'li', '--label', 'x');
  expect(await service.records.session(hashToken(token))).toMatchObject({ user: 'li' });
  await expect(shouwang('add', 'wu', '--role', 'viewer@nowhere')).rejects.toThrow('nowhere');
  await shouwang('remove', 'li');
  expect(await service.records.user('li')).toBeUndefined();
  await close();
  await service.close();
});

test('what is asked wrongly is a usage error', async () => {
  await expect(shouwang('list')).rejects.toThrow(UsageError);
  for (const args of [
    ['add', 'Zhang', '--role', 'viewer'],
    ['add', 'zhang'],
    ['add', 'zhang', '--role', 'king'],
    ['add', 'zhang', '--role', 'viewer', '--locale', 'fr'],
    ['token', 'zhang', '--label', 'x', '--days', 'many'],
  ])
    await expect(shouwang(...args), args.join(' ')).rejects.toThrow(UsageError);
});
