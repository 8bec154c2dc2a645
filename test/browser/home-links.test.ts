import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { linkKeyFile } from '../../src/store/data-files.ts';
import { ADMIN, testService } from '../service.ts';
import { openTab, PHONE, picture, settled, signInAt, tooWide } from './browser.ts';
import { community, WANG } from './community.ts';
import { browser, onStage, service } from './stage.ts';

onStage({ staff: true });

test('staff give a link away; the family registers an absence without the console, and staff undo it', async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/homes/501`, WANG);
  const son = page.locator('[data-visitor="k-501-1"]');
  await son.getByRole('button', { name: '生成链接' }).click();
  const url = (await page.locator('.home-link').textContent()) ?? '';
  expect(url).toContain('/a/');
  await settled(page);
  await picture(page, 'home-link-made-phone');
  await page.getByRole('button', { name: '关闭' }).click();

  const family = await openTab(browser, { viewport: PHONE });
  const asked: string[] = [];
  family.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await family.page.goto(url);
  await picture(family.page, 'home-door-phone');
  await family.page.evaluate(
    await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'),
  );
  expect(
    await family.page.evaluate('axe.run(document).then(({ violations }) => violations.map(({ id }) => id))'),
  ).toEqual([]);
  expect(await tooWide(family.page)).toBe(0);
  await family.page.getByLabel('住院').check();
  await family.page.getByLabel('7 天').check();
  await family.page.getByRole('button', { name: '确认登记' }).click();
  await family.page.getByText('已登记，社区工作人员会看到').waitFor();
  await picture(family.page, 'home-door-registered-phone');
  expect(service.service.registry.home('501')?.away).toMatchObject([
    { kind: 'hospital', by: '王建国（儿子）' },
  ]);
  // Nothing but the page and its style: no script, no bundle.
  const others = asked.filter((path) => !path.startsWith('/a/'));
  expect(others.filter((path) => !/^\/n\/page\.css$|^\/favicon/.test(path))).toEqual([]);

  await page.reload();
  await page.getByText('登记记录').click();
  const line = page.locator('[data-change="registered"]');
  expect(await line.textContent()).toContain('王建国（儿子）');
  await settled(page);
  await picture(page, 'home-away-log-phone');
  await line.getByRole('button', { name: '撤销' }).click();
  await page.locator('[data-change="ended"], [data-change="taken-back"]').first().waitFor();
  expect(service.service.registry.home('501')?.away?.some(({ until }) => until > Date.now())).toBe(false);

  await son.getByRole('button', { name: '停用' }).click();
  await son.getByText('没有链接').waitFor();
  await family.page.goto(url);
  await family.page.getByText('链接无效或已停用').waitFor();
  expect([...troubles, ...family.troubles]).toEqual([]);
});

test('the resident says that they are back, in English', async () => {
  const now = Date.now();
  const made = await service.service.homeDoor.make('601', { kind: 'resident', id: 'r-601' }, 30, '王芳');
  const period = { from: now - 60_000, until: now + 86_400_000, kind: 'travel' as const };
  await service.service.submit({ type: 'home.away', home: '601', period }, '王芳');
  const { page } = await openTab(browser, { viewport: PHONE, locale: 'en-GB', dark: true });
  await page.goto(`${service.url}${made?.path}`);
  await picture(page, 'home-door-dark-phone');
  await page.getByRole('button', { name: 'Back home: end it' }).click();
  await page.getByText('Ended. Watching goes on as ever').waitFor();
  const [ended] = service.service.registry.home('601')?.away ?? [];
  expect(ended?.until).toBeLessThanOrEqual(Date.now());
});

test('the resident asks for something that can wait, without the console', async () => {
  const made = await service.service.homeDoor.make('601', { kind: 'resident', id: 'r-601' }, 30, '王芳');
  const { page } = await openTab(browser, { viewport: PHONE });
  await page.goto(`${service.url}${made?.path}`);
  await page.getByRole('link', { name: '我有事要托办' }).click();
  await page.getByText('陪同就医').click();
  await page.getByLabel('什么事').fill('周三上午去市一院复查');
  await page.getByRole('button', { name: '提交' }).click();
  await page.getByText('已收到，社区工作人员会在白天联系您').waitFor();
  const asked = { paths: [''], home: '601', kind: 'request' } as const;
  const { items } = await service.service.records.cases(asked, { limit: 9 });
  expect(items).toMatchObject([{ category: 'medical-company', priority: 'P3', status: 'open' }]);
  const mine = page.getByRole('listitem').filter({ hasText: '陪同就医' });
  expect(await mine.textContent()).toContain('已收到，待办理');
  expect(await tooWide(page)).toBe(0);
  await picture(page, 'home-door-requested-phone');

  const { page: desk } = await openTab(browser, { viewport: PHONE });
  await signInAt(desk, `${service.url}/homes/601`, WANG);
  const row = desk.locator(`[data-request="${items[0]?.id}"]`);
  expect(await row.textContent()).toContain('待接手');
  await settled(desk);
  await picture(desk, 'home-requests-phone');
  await row.getByRole('link', { name: '陪同就医' }).click();
  await desk.getByRole('button', { name: '接手', exact: true }).first().click();
  await page.reload();
  await mine.getByText('办理中').waitFor();
});

test('whose links a new key has ended, an operator sees on the status page, with the way to make them anew', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'shouwang-ended-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const before = await testService({ dir, entries: community(Date.now()) });
  await before.service.homeDoor.make('601', { kind: 'resident', id: 'r-601' }, 30, '王芳');
  await before.stop();
  await rm(linkKeyFile(join(dir, 'data')));
  const after = await testService({ dir });
  onTestFinished(() => after.stop());
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${after.url}/status`, ADMIN);
  const card = page.locator('#ended-links');
  await card.getByText('1 个链接已失效').click();
  await settled(page);
  await picture(page, 'ended-links-phone');
  expect(await tooWide(page)).toBe(0);
  await card.getByRole('link', { name: '601' }).click();
  await page.locator('[data-visitor="r-601"]').getByRole('button', { name: '生成链接' }).click();
  await page.locator('.home-link').waitFor();
  await page.goto(`${after.url}/status`);
  await page.locator('#silences').waitFor();
  await settled(page);
  expect(await card.count()).toBe(0);
  expect(troubles).toEqual([]);
});
