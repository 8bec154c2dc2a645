import { afterAll, expect, test } from 'vitest';
import { Receiver, SECRET } from '../edges/notify-bench.ts';
import { ADMIN } from '../service.ts';
import { DESK, openTab, PHONE, picture, settled, signInAt } from './browser.ts';
import { pressButton } from './community.ts';
import { browser, onStage, service } from './stage.ts';

let receiver: Receiver;

afterAll(async () => {
  await receiver?.[Symbol.asyncDispose]();
});
onStage(
  async () => {
    receiver = await Receiver.open();
    return {
      service: {
        http: { host: '127.0.0.1', port: 0, publicUrl: 'https://care.example.org' },
        drill: { schedule: 'off' },
      },
      channels: [
        { id: 'terminal', channel: 'terminal' },
        { id: 'platform', channel: 'webhook', config: { url: receiver.url, secret: SECRET } },
        { id: 'refusing', channel: 'webhook', config: { url: `${receiver.url}/no`, secret: SECRET } },
      ],
      notify: { routes: [], always: ['terminal', 'platform'], fallback: { channels: ['terminal'] } },
    };
  },
  async () => {
    await pressButton(service, '501');
  },
);

test('a test over a channel says what the provider answered and how long a person took', async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/notices`, ADMIN);
  await settled(page);
  const card = page.locator('.channel', { hasText: 'platform' });
  const before = receiver.received.length;
  await card.getByRole('button', { name: '发送测试' }).click();
  await card.getByText('渠道已接收：HTTP 204').waitFor();
  expect(receiver.received.length).toBe(before + 1);
  await picture(page, 'notices-test-phone');
  const { link } = (JSON.parse(receiver.received.at(-1)?.body ?? '{}') as { data: { link: string } }).data;
  const tapped = await openTab(browser, { viewport: PHONE });
  await tapped.page.goto(service.url + new URL(link).pathname);
  await picture(tapped.page, 'notice-link-drill-phone');
  await tapped.page.getByRole('button', { name: '已收到' }).click();
  await tapped.page.getByText('演练：已收到').waitFor();
  await picture(tapped.page, 'notice-link-drill-answered-phone');
  await card.getByText(/秒后有人点击/).waitFor();
  expect([...troubles, ...tapped.troubles]).toEqual([]);
});

test('the page says which notices went out, and how far they have come', async () => {
  receiver.answers({ status: 401, body: 'who are you' });
  const { page } = await openTab(browser, { viewport: DESK });
  await signInAt(page, `${service.url}/notices`, ADMIN);
  await settled(page);
  const card = page.locator('.channel', { hasText: 'refusing' });
  await card.getByRole('button', { name: '发送测试' }).click();
  await card.getByText('测试失败：渠道配置有误 (HTTP 401 who are you').waitFor();
  await page.getByRole('button', { name: '已查看' }).click();
  await page.locator('.notice-list').last().getByText('演练').first().waitFor();
  await picture(page, 'notices-desk');
});

test('of many notices the newest are shown, and the others to whoever asks for them', async () => {
  await pressButton(service, '502');
  const { page } = await openTab(browser, { viewport: PHONE });
  await page.route('**/api/v1/notices*', (route) =>
    route.continue({ url: route.request().url().replace('limit=30', 'limit=1') }),
  );
  await signInAt(page, `${service.url}/notices`, ADMIN);
  const sent = page.locator('.notice-list').last().locator('> li');
  await sent.first().waitFor();
  expect(await sent.count()).toBe(1);
  await page.getByRole('button', { name: '加载更多' }).click();
  await expect.poll(() => sent.count()).toBe(2);
});
