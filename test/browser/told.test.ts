import { afterAll, expect, test } from 'vitest';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { Receiver, SECRET } from '../edges/notify-bench.ts';
import { ADMIN } from '../service.ts';
import { openTab, PHONE, picture, settled, signInAt, speak } from './browser.ts';
import { community, pressButton } from './community.ts';
import { browser, onStage, service } from './stage.ts';

/** As wide as the screens of many offices. */
const DESK = { width: 1280, height: 800 } as const;

const NAMES = ['周敏', '李雷', '孙伟', '陈默', '何静', '吴刚', '郑洁', '冯涛'] as const;
const staff = NAMES.map((name, index) =>
  registryEntrySchema.parse({
    noun: 'staff',
    id: `s${index}`,
    name,
    roles: [{ role: 'grid-worker', node: 'haitang' }],
    channels: [{ channel: name === '冯涛' ? 'refusing' : 'terminal', address: `s${index}` }],
  }),
);

let receiver: Receiver;

afterAll(async () => {
  await receiver?.[Symbol.asyncDispose]();
});
onStage(async () => {
  receiver = await Receiver.open();
  receiver.answers({ status: 401, body: 'who are you' });
  return {
    entries: [...community(Date.now()), ...staff],
    service: { drill: { schedule: 'off' } },
    channels: [
      { id: 'terminal', channel: 'terminal' },
      { id: 'refusing', channel: 'webhook', config: { url: receiver.url, secret: SECRET } },
    ],
    notify: {
      routes: [{ kinds: ['safety'], priorities: ['P1'], roles: ['grid-worker'] }],
      fallback: { channels: ['terminal'] },
    },
  };
});

test('of many who were told the sum is shown; what failed or was not read is seen without being opened', async () => {
  await pressButton(service, '501');
  const failed = async () =>
    (await service.service.records.notices({ paths: [''], state: 'failed' }, { limit: 9 })).items.length;
  await expect.poll(failed).toBe(1);
  for (const [viewport, language] of [
    [PHONE, '中文'],
    [PHONE, 'English'],
    [DESK, '中文'],
    [DESK, 'English'],
  ] as const) {
    const { page } = await openTab(browser, { viewport });
    await signInAt(page, service.url, ADMIN);
    await speak(page, language);
    await page.goto(`${service.url}/cases/501.c1`);
    await settled(page);
    await picture(page, `told-${viewport.width}-${language}`);
    const card = page.locator('section[aria-labelledby="notices"]');
    if (language === '中文') {
      await card.getByText(/^渠道最先接收：.+是否送达、是否已读尚不知道。$/).waitFor();
      await card.getByText('未送达 1 · 渠道已接收 7').waitFor();
      await card.getByText(/^未读 7：.*周敏/).waitFor();
    }
    const shown = card.locator('.notice').filter({ visible: true });
    expect(await shown.count()).toBe(1);
    expect(await shown.innerText()).toContain('冯涛');
    expect(await shown.innerText()).toContain('who are you');
    await card.locator('summary').click();
    expect(await shown.count()).toBe(8);
  }
});
