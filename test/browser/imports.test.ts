import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { ManualClock } from '../../src/lib/clock.ts';
import { ADMIN } from '../service.ts';
import { openTab, PHONE, picture, settled, signInAt, speak, tooWide } from './browser.ts';
import { browser, onStage, service } from './stage.ts';

const DESK = { width: 1280, height: 800 } as const;
const clock = new ManualClock(Date.UTC(2026, 4, 20, 4));

onStage({
  entries: [{ noun: 'node', path: '玉兰', level: 'community', name: '玉兰' }],
  clock,
  service: { drill: { schedule: 'off' } },
});

async function openAt(path: string, viewport: { width: number; height: number } = PHONE): Promise<Page> {
  const { page } = await openTab(browser, { viewport });
  await signInAt(page, service.url, ADMIN);
  await page.goto(service.url + path);
  await settled(page);
  return page;
}
const choose = (page: Page, name: string, ...lines: string[]) =>
  page.locator('input[type=file]').setInputFiles({
    name,
    mimeType: 'text/csv',
    buffer: Buffer.from(lines.join('\r\n')),
  });

/** What the service says of an import that is under way, or stopped: at this moment none is large enough here. */
async function withFar(page: Page, far: object): Promise<void> {
  await page.unrouteAll();
  await page.route('**/api/v1/registry/import', async (route) => {
    if (route.request().method() !== 'GET') return route.fallback();
    const response = await route.fetch();
    return route.fulfill({ response, json: { ...(await response.json()), ...far } });
  });
}
const STOPPED = {
  at: Date.UTC(2026, 4, 20, 3),
  by: '管理员',
  done: 12_800,
  of: 60_000,
  reason: 'MODEL_UNKNOWN',
};

const HEADER = '社区,楼栋,单元,房号,姓名,电话,联系人,联系人电话';
const WANG = '玉兰,3号楼,2单元,501,王秀英,13800000001,王建国,13900000001';
const LI = '玉兰,三号楼,2单元,502,李德福,13800000002,李明,13800000002';

test('a list is tried first: what is wrong is said by line, and nothing is changed before somebody confirms', async () => {
  const page = await openAt('/onboarding');
  await page.getByRole('link', { name: '导入名单' }).click();
  await page.getByRole('heading', { name: '导入名单' }).waitFor();
  await choose(page, '名单.xlsx', 'PK');
  await page.getByText('请在表格软件里“另存为”，类型选“CSV UTF-8（逗号分隔）”').waitFor();
  await choose(page, '名单.csv', HEADER, WANG, '玉兰,3号楼,2单元,503,赵永年,1.38E+10,,');
  await page.getByText('1 处错误，什么都没有导入').waitFor();
  await page.getByText(/第 3 行.*被表格软件取整/).waitFor();
  await picture(page, 'import-problems-390-zh');
  await choose(page, '名单.csv', HEADER, WANG, LI);
  const warnings = page.locator('[data-warnings]');
  await warnings.getByText('可能写错的 2 处').waitFor();
  await warnings.getByText(/第 3 行.*“三号楼”与“3号楼”（第 2 行）可能是同一处的两种写法/).waitFor();
  await warnings.getByText(/第 3 行.*联系人“李明”的电话与老人本人相同/).waitFor();
  await page.getByText('没有写住户编号的 2 户').click();
  await page.getByText('玉兰 › 3号楼 › 2单元 › 501：新住户，编号 3-2-501-zhvv6a84tn').waitFor();
  await picture(page, 'import-dry-run-390-zh');
  expect(await tooWide(page)).toBe(0);
  expect([...service.service.registry.homes()]).toEqual([]);
});

test('a list that was confirmed is registered, and the same again changes nothing', async () => {
  const page = await openAt('/import', DESK);
  await choose(page, '名单.csv', HEADER, WANG);
  await page.getByText('没有发现可能写错的行').waitFor();
  await page.getByRole('button', { name: '确认导入' }).click();
  await page.getByText('已导入：新增 5，变更 0。').first().waitFor();
  await picture(page, 'import-done-1280-zh');
  expect(service.service.registry.home('3-2-501-zhvv6a84tn')?.name).toBe('501');
  await choose(page, '名单.csv', HEADER, WANG);
  await page.getByText('文件内容均已登记').waitFor();
  await choose(page, '名单.csv', HEADER, WANG.replace('王秀英', '赵永年'));
  await page.getByText(/第 2 行.*这个房号.*登记的是别人/).waitFor();
  await choose(page, '名单.csv', HEADER, WANG.replace('13800000001', '13800000009'));
  await page.getByText('电话：13800000001 → 13800000009').waitFor({ state: 'attached' });
  await choose(page, '名单.csv', HEADER, WANG.replace('13800000001', '1.38E+10'));
  await page.getByText(/第 2 行.*电话：为 "1\.38E\+10"，号码已被表格软件取整/).waitFor();
  await choose(page, '名单.csv', 'PK\u0003\u0004');
  await page.getByText(/这是表格文件（Excel、WPS），不是文本/).waitFor();
  await speak(page, 'English');
  await choose(page, 'list.csv', HEADER, LI);
  await page.getByText(/may be one place spelt in two ways/).waitFor();
  await picture(page, 'import-dry-run-1280-en');
});

test('how far an import in pieces is stands on the page of imports and on that of the state, and goes when it is over', async () => {
  for (const [viewport, language] of [
    [PHONE, '中文'],
    [DESK, 'English'],
  ] as const) {
    const { page } = await openTab(browser, { viewport });
    await withFar(page, { running: true, done: 12_800, of: 60_000 });
    await signInAt(page, service.url, ADMIN);
    await speak(page, language);
    const said =
      language === '中文' ? '已导入 12,800 / 60,000 项（21%）' : '12,800 of 60,000 entries are in (21%)';
    for (const path of ['/status', '/import']) {
      await page.goto(service.url + path);
      await page.getByText(said).waitFor();
      await settled(page);
      expect(await page.getByRole('progressbar').getAttribute('value')).toBe('12800');
      expect(await tooWide(page)).toBe(0);
      await picture(page, `import-far-${viewport.width}${path.replace('/', '-')}`);
    }
    await withFar(page, {});
    await page.getByRole('progressbar').waitFor({ state: 'detached' });
  }
});

test('an import that stopped half way is told where the operator looks, with what to do', async () => {
  for (const [viewport, language] of [
    [PHONE, '中文'],
    [DESK, 'English'],
  ] as const) {
    const { page } = await openTab(browser, { viewport });
    await withFar(page, { stopped: STOPPED });
    await signInAt(page, service.url, ADMIN);
    await speak(page, language);
    await page.goto(`${service.url}/status`);
    const told = page.locator('[data-import-stopped]');
    await told
      .getByText(
        language === '中文'
          ? /只导入了 12,800 项。原因：没有这个设备型号/
          : /12,800 are in. .*no such device model/,
      )
      .waitFor();
    await settled(page);
    await picture(page, `import-stopped-${viewport.width}`);
    expect(await tooWide(page)).toBe(0);
    await told.getByRole('link').click();
    await page
      .getByRole('heading', { level: 1, name: language === '中文' ? '导入名单' : 'Import a list' })
      .waitFor();
    await told.waitFor();
  }
});
