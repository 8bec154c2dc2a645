import { expect, test } from 'vitest';
import { dialogGone, openTab, PHONE, picture, settled, signInAt } from './browser.ts';
import { ADMINISTRATOR, LIN, pressButton, WANG } from './community.ts';
import { browser, onStage, service } from './stage.ts';

onStage({ staff: true });

test('a wrong password is named, and the right one leads to the page that was asked for', async () => {
  await pressButton(service, '501');
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await page.goto(`${service.url}/cases/501.c1`);
  await page.getByLabel('用户名').fill(WANG.user);
  await page.getByLabel('密码', { exact: true }).fill('not-the-password');
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.getByRole('alert').getByText('用户名或密码不正确').waitFor();
  await page.getByLabel('密码', { exact: true }).fill(WANG.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /501/ }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/cases/501.c1');
  expect(troubles).toEqual([]);
});

test('password managers and the clipboard find what they need', async () => {
  const { page } = await openTab(browser);
  await page.goto(service.url);
  const user = page.getByLabel('用户名');
  const password = page.getByLabel('密码', { exact: true });
  expect(await user.getAttribute('autocomplete')).toBe('username');
  expect(await password.getAttribute('autocomplete')).toBe('current-password');
  expect(await password.getAttribute('type')).toBe('password');
  await page.getByRole('button', { name: '显示密码' }).click();
  expect(await password.getAttribute('type')).toBe('text');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(`navigator.clipboard.writeText('pasted-password')`);
  await password.focus();
  await page.keyboard.press('ControlOrMeta+V');
  expect(await password.inputValue()).toBe('pasted-password');
});

test('the language is switched at once, is kept, and sets the language of the page', async () => {
  const { page } = await openTab(browser);
  await signInAt(page, service.url, WANG);
  await page.getByRole('button', { name: '接手 3号楼2单元501 的事项 1' }).waitFor();
  await page.getByLabel(/^用户菜单/).click();
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('button', { name: 'Acknowledge case 1, 3号楼2单元501' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('en-GB');
  await page.reload();
  await page.getByRole('button', { name: 'Acknowledge case 1, 3号楼2单元501' }).waitFor();
  await expect.poll(() => page.title()).toBe('P1×1 · Cases · Shouwang');
});

test('who handles cases sees no pages of the operator, who operates sees them', async () => {
  const staff = await openTab(browser);
  await signInAt(staff.page, service.url, WANG);
  const pages = await staff.page.getByRole('navigation').getByRole('link').allInnerTexts();
  expect(pages.map((name) => name.trim())).toEqual(['事项', '台账', '看护', '值班']);
  const operator = await openTab(browser);
  await signInAt(operator.page, service.url, ADMINISTRATOR);
  await operator.page.getByRole('link', { name: '拒收' }).click();
  await operator.page.getByRole('heading', { name: '拒收' }).waitFor();
});

test('signing out forgets the session', async () => {
  const { page } = await openTab(browser);
  await signInAt(page, service.url, WANG);
  await page.getByLabel(/^用户菜单/).click();
  await page.getByRole('button', { name: '退出登录' }).click();
  await page.getByRole('button', { name: '登录', exact: true }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: '登录', exact: true }).waitFor();
});

test('whoever signs out without a connection is told that they are signed in still', async () => {
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, service.url, WANG);
  const signOut = async () => {
    await page.getByLabel(/^用户菜单/).click();
    await page.getByRole('button', { name: '退出登录' }).click();
  };
  await page.route('**/api/v1/session', (route) =>
    route.request().method() === 'DELETE' ? route.abort('connectionfailed') : route.continue(),
  );
  await signOut();
  await page.getByRole('dialog').getByText('这台设备上仍是您的登录').waitFor();
  await settled(page);
  await picture(page, 'still-signed-in-phone');
  await page.getByRole('dialog').getByRole('button', { name: '关闭' }).last().click();
  await dialogGone(page);
  await page.unroute('**/api/v1/session');
  await page.evaluate(`sessionStorage.setItem('shouwang.draft.note.501.c1', '敲门')`);
  await signOut();
  await page.getByRole('button', { name: '登录', exact: true }).waitFor();
  await expect.poll(() => page.evaluate(`sessionStorage.getItem('shouwang.draft.note.501.c1')`)).toBeNull();
});

test('a session that ends keeps the page and what was typed', async () => {
  const { page, context } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/cases/501.c1`, WANG);
  await page.getByRole('button', { name: '添加记录' }).click();
  await page.getByLabel('记录内容').fill('敲门无人应答');
  await context.clearCookies();
  // Whatever the page asks for in the background may learn first that the session has ended, and put the dialog on top.
  await page.getByRole('button', { name: '保存记录' }).dispatchEvent('click');
  await page.getByText('登录已过期').waitFor();
  await page.getByLabel('密码', { exact: true }).fill(WANG.password);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.locator('[data-entry="note"]').getByText('敲门无人应答').waitFor();
});

test('whoever signs in where the session of somebody else has ended is not shown what that one was writing', async () => {
  const { page, context } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/cases/501.c1`, WANG);
  await page.getByRole('button', { name: '添加记录' }).click();
  await page.getByLabel('记录内容').fill('门内有声响');
  await context.clearCookies();
  await page.getByRole('button', { name: '保存记录' }).dispatchEvent('click');
  await page.getByText('登录已过期').waitFor();
  await page.getByLabel('用户名').fill(LIN.user);
  await page.getByLabel('密码', { exact: true }).fill(LIN.password);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.getByLabel('用户菜单：林晓').waitFor();
  await dialogGone(page);
  await page.getByRole('button', { name: '添加记录' }).click();
  expect(await page.getByLabel('记录内容').inputValue()).toBe('');
  // What the other one had pressed is not told in this one's name.
  const entries = await service.service.records.caseEntries('501.c1');
  expect(entries.filter(({ by }) => by === LIN.name)).toEqual([]);
});
