import { expect, test } from 'vitest';
import { DESK, openTab, PHONE, picture, settled, signInAt, speak, tooWide } from './browser.ts';
import { ADMINISTRATOR, LIN, pressButton, WANG } from './community.ts';
import { browser, onStage, service } from './stage.ts';

onStage({ staff: true }, async () => {
  await pressButton(service, '501');
  await pressButton(service, '502');
});

/** One pixel of a camera. */
const PHOTO = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElFTkSuQmCC',
  'base64',
);

test('the next step is one tap away, from the press to the outcome', async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/cases/501.c1`, WANG);
  await page.getByRole('button', { name: '接手' }).click();
  await page.getByText('由 王芳 处理').waitFor();
  await picture(page, 'case-taken-phone');
  await page.getByRole('button', { name: '已出发' }).click();
  await page.locator('[data-entry="step"]', { hasText: '已出发' }).waitFor();
  await page.getByRole('button', { name: '已到现场' }).click();
  await page.locator('[data-entry="step"]', { hasText: '已到现场' }).waitFor();
  await page.getByRole('button', { name: '更多' }).click();
  await picture(page, 'case-more-phone');
  await page
    .locator('input[name=photo]')
    .setInputFiles({ name: 'door.png', mimeType: 'image/png', buffer: PHOTO });
  await page.locator('[data-entry="photo"] img').waitFor();
  await page.getByRole('button', { name: '处置', exact: true }).click();
  // Somebody pressed SOS: that may have been by mistake.
  await page.getByLabel('误按或误触').waitFor();
  await page.getByLabel('确需帮助').check();
  await page.getByLabel('已见到本人').check();
  await page.getByRole('button', { name: '是我：王芳' }).click();
  await picture(page, 'case-resolve-phone');
  await page.getByRole('button', { name: '确认处置' }).click();
  await page.getByText('由您处置的事项，须由他人回访').waitFor();
  expect(await page.getByRole('button', { name: '回访' }).count()).toBe(0);
  await picture(page, 'case-resolved-phone');
  expect(troubles).toEqual([]);
});

test('another person calls back: not satisfied opens it again, satisfied strikes it off', async () => {
  const { page, troubles } = await openTab(browser, { viewport: DESK });
  const tried = { type: 'case.call-back', case: '501.c1', result: 'not-reached', note: '' } as const;
  await service.service.submit(tried, '陈静');
  await signInAt(page, `${service.url}/?status=resolved`, LIN);
  await page.locator('[data-case="501.c1"]', { hasText: '未能联系 1 次' }).waitFor();
  await settled(page);
  await picture(page, 'list-awaiting-desk');
  await page.locator('[data-case="501.c1"] a').click();
  await page.getByRole('button', { name: '回访', exact: true }).click();
  await page.getByRole('button', { name: '确认回访' }).click();
  await page.getByText('请选择回访情况').waitFor();
  await page.getByLabel('不满意').check();
  await page.getByText('重新逐级通知').first().waitFor();
  await page.getByRole('button', { name: '确认回访' }).click();
  await page.getByText('请写明为什么不满意').waitFor();
  await picture(page, 'call-back-desk');
  await page.getByLabel('哪里不满意？').fill('还在疼');
  await page.getByRole('button', { name: '确认回访' }).click();
  await page.locator('[data-entry="reopened"]').waitFor();
  await page.getByText('重新打开 1 次').waitFor();
  const outcome = { outcome: 'true-need', note: '', contactMadeBy: '王芳', contact: 'seen' } as const;
  await service.service.submit({ type: 'case.resolve', case: '501.c1', ...outcome }, '王芳');
  await page.getByRole('button', { name: '回访', exact: true }).click();
  await page.getByLabel('满意', { exact: true }).check();
  await page.getByRole('button', { name: '确认回访' }).click();
  await page.locator('[data-entry="struck-off"]').waitFor();
  await page.getByText('已销号，记入台账').waitFor();
  await picture(page, 'case-struck-off-desk');
  expect(troubles).toEqual([]);
});

test('a case is given to somebody who has not taken it yet, and stands among the cases of both', async () => {
  const wang = await openTab(browser, { viewport: DESK });
  await signInAt(wang.page, `${service.url}/cases/502.c1`, WANG);
  await wang.page.getByRole('button', { name: '更多' }).click();
  await wang.page.getByRole('button', { name: '转派' }).click();
  await wang.page.getByRole('dialog').getByText('林晓').waitFor();
  await picture(wang.page, 'assign-desk');
  await wang.page.getByRole('dialog').getByRole('button', { name: /林晓/ }).click();
  await wang.page.getByText('已请 林晓 接手，待其确认').waitFor();
  await wang.page.getByText('由 王芳 处理').waitFor();
  const lin = await openTab(browser, { viewport: PHONE });
  await signInAt(lin.page, `${service.url}/?mine=1`, LIN);
  await lin.page.locator('[data-case="502.c1"] a').click();
  await lin.page.getByRole('button', { name: '接手' }).click();
  await lin.page.getByText('由 林晓 处理').waitFor();
});

test('what was done without a signal is kept, says that it waits, and is sent once there is one', async () => {
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/cases/502.c1`, LIN);
  await page.getByRole('button', { name: '已出发' }).waitFor();
  await page.context().setOffline(true);
  await page.getByRole('button', { name: '已出发' }).click();
  await page.getByText(/已出发：等待网络，还没有送出/).waitFor();
  await picture(page, 'outbox-phone');
  await page.context().setOffline(false);
  await page.locator('[data-entry="step"]', { hasText: '已出发' }).waitFor();
  const entries = await service.service.records.caseEntries('502.c1');
  expect(entries.filter(({ type }) => type === 'step')).toHaveLength(1);
});

test('the ledger counts what was found and how the times were kept, on both widths and in both languages', async () => {
  for (const [viewport, locale] of [
    [DESK, '中文'],
    [PHONE, 'English'],
    [PHONE, '中文'],
    [DESK, 'English'],
  ] as const) {
    const { page, troubles } = await openTab(browser, { viewport });
    await signInAt(page, `${service.url}/ledger`, ADMINISTRATOR);
    await speak(page, locale);
    await page.locator('.ledger-row').first().waitFor();
    await settled(page);
    await picture(page, `ledger-${viewport.width}-${locale}`);
    expect(await tooWide(page)).toBe(0);
    expect(await page.locator('.ledger-row').count()).toBe(2);
    await page.goto(`${service.url}/cases/501.c1`);
    await page.locator('.course').waitFor();
    await settled(page);
    await picture(page, `case-${viewport.width}-${locale}`);
    expect(troubles).toEqual([]);
  }
});

test('what nobody answered for hours is a line with its number, on both widths and in both languages', async () => {
  await pressButton(service, '601');
  for (const [viewport, language, times] of [
    [PHONE, '中文', '共 12 次'],
    [DESK, '中文', '共 12 次'],
    [PHONE, 'English', '12 times in all'],
    [DESK, 'English', '12 times in all'],
  ] as const) {
    const { page, troubles } = await openTab(browser, { viewport });
    // The hours themselves would take hours: the answer of the service is given eleven repeats of each of its calls.
    await page.route('**/api/v1/cases/601.c1', async (route) => {
      const answer = await route.fetch();
      const body = (await answer.json()) as { entries: { n: number; at: number }[] };
      const last = body.entries.at(-1) as { n: number; at: number };
      const calls = Array.from({ length: 24 }, (_, i) => ({
        n: last.n + i + 1,
        at: last.at + i * 300_000,
        by: 'system',
        type: i % 2 === 0 ? 'escalated' : 'notice',
        text:
          i % 2 === 0
            ? { zh: `已 ${i} 小时无人接手，升级通知`, en: `Nobody has taken it on for ${i} hours` }
            : { zh: '再次通知：张敏(网格员, 值班群)', en: 'Told again: 张敏(grid worker, duty)' },
      }));
      await route.fulfill({ response: answer, json: { ...body, entries: [...body.entries, ...calls] } });
    });
    await signInAt(page, `${service.url}/cases/601.c1`, WANG);
    await speak(page, language);
    await page.locator('[data-entry="escalated"]', { hasText: times }).waitFor();
    expect(await page.locator('[data-entry="escalated"]').count()).toBe(1);
    await settled(page);
    await picture(page, `time-line-repeats-${viewport.width}-${language}`);
    expect(troubles).toEqual([]);
  }
});
