import type { CDPSession, Page, Worker } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { PushService } from '../stand-ins/push-service.ts';
import { openTab, PHONE, picture, settled, signInAt } from './browser.ts';
import { community, pressButton, WANG } from './community.ts';
import { browser, onStage, service } from './stage.ts';

/*
 * The push service of the browser's maker is not reached from here: what it would hand on is decrypted by a stand-in,
 * and given to the browser's worker over its own door for that (ServiceWorker.deliverPushMessage).
 */
let push: PushService;

afterAll(async () => {
  await push?.[Symbol.asyncDispose]();
});
onStage(async () => {
  push = await PushService.open();
  const staff = registryEntrySchema.parse({
    noun: 'staff',
    id: 'wang',
    name: '王芳',
    roles: [{ role: 'grid-worker', node: 'haitang/g1' }],
    channels: [{ channel: 'push', address: WANG.user }],
  });
  return {
    entries: [...community(Date.now()), staff],
    channels: [
      { id: 'terminal', channel: 'terminal' },
      {
        id: 'push',
        channel: 'web-push',
        config: { contact: 'mailto:watch@example.org', allowPrivate: true },
      },
    ],
    notify: {
      routes: [{ kinds: ['safety'], priorities: ['P1'], roles: ['grid-worker'] }],
      fallback: { channels: ['terminal'] },
    },
    staff: true,
  };
});

/** What the worker shows at this moment. */
const shown = (worker: Worker): Promise<{ title: string; body: string; actions: string[] }[]> =>
  worker.evaluate(async () => {
    const scope = globalThis as unknown as WorkerScope;
    return (await scope.registration.getNotifications()).map(({ title, body, actions }) => ({
      title,
      body,
      actions: actions.map((one) => one.title),
    }));
  });

/** A tap on the notification, or on its button. */
const tap = (worker: Worker, action: string): Promise<void> =>
  worker.evaluate(async (name) => {
    const scope = globalThis as unknown as WorkerScope;
    const [notification] = await scope.registration.getNotifications();
    scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification, action: name }));
  }, action);

interface Shown {
  readonly title: string;
  readonly body: string;
  readonly actions: readonly { readonly title: string }[];
}
interface WorkerScope {
  readonly registration: { getNotifications(): Promise<Shown[]> };
  readonly NotificationEvent: new (type: string, init: object) => object;
  dispatchEvent(event: object): void;
}

/** Hands on what the service has pushed. */
async function handOn(cdp: CDPSession, origin: string, registrationId: string): Promise<void> {
  const next = push.pushed.shift();
  await cdp.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data: next?.text ?? '' });
}

/** The worker of the console in this browser, and its number there. */
async function workerOf(page: Page): Promise<{ worker: Worker; cdp: CDPSession; registrationId: string }> {
  const cdp = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      if (registrations[0]) resolve(registrations[0].registrationId);
    });
  });
  await cdp.send('ServiceWorker.enable');
  const registrationId = await registered;
  // What comes before the worker stands is lost.
  await page.evaluate(async () => {
    const { navigator } = globalThis as unknown as {
      navigator: { serviceWorker: { ready: Promise<unknown> } };
    };
    await navigator.serviceWorker.ready;
  });
  const worker = page.context().serviceWorkers()[0] ?? (await page.context().waitForEvent('serviceworker'));
  return { worker, cdp, registrationId };
}

test('a push is shown, its button takes the case, and a tap opens it', async () => {
  const { page, context, troubles } = await openTab(browser, { viewport: PHONE });
  await context.grantPermissions(['notifications'], { origin: service.url });
  await signInAt(page, service.url, WANG);
  await settled(page);
  const subscription = push.subscribe((await service.service.webPush.keys()).publicKey);
  await service.service.webPush.add(WANG.user, { ...subscription, at: 1, label: 'Chromium' });
  const { worker, cdp, registrationId } = await workerOf(page);

  await pressButton(service, '501');
  await expect.poll(() => push.pushed.length).toBe(1);
  await handOn(cdp, service.url, registrationId);
  await expect
    .poll(() => shown(worker))
    .toMatchObject([{ title: expect.stringContaining('【P1】'), actions: ['我来接手'] }]);
  await tap(worker, 'take');
  await expect.poll(async () => (await service.service.records.case('501.c1'))?.acknowledgedBy).toBe('王芳');
  const seen = async () =>
    (await service.service.records.notices({ paths: [''], state: 'seen' }, { limit: 9 })).items;
  await expect.poll(async () => (await seen()).map(({ address }) => address)).toEqual([WANG.user]);
  await expect.poll(() => shown(worker)).toMatchObject([{ body: '已接手', actions: [] }]);
  await expect.poll(() => push.pushed.length).toBe(1);
  expect(JSON.parse(push.pushed[0]?.text ?? '{}')).toMatchObject({ isNews: true, body: '王芳 已接手' });

  await tap(worker, '');
  await page.waitForURL('**/cases/501.c1');
  expect(troubles).toEqual([]);
});

test('the menu says whether this browser is pushed to, and why not', async () => {
  const { page, context } = await openTab(browser, { viewport: PHONE });
  await context.grantPermissions(['notifications'], { origin: service.url });
  await signInAt(page, service.url, WANG);
  await page.locator('.menu summary').click();
  await page.getByRole('button', { name: '开启推送' }).waitFor();
  await picture(page, 'push-menu-phone');
  await page.getByRole('button', { name: '开启推送' }).click();
  // No push service is reached from here, and that is what a person whose network does not let it must read.
  await page.getByText('浏览器的推送服务无法连接').waitFor();
  await picture(page, 'push-menu-no-service-phone');
});
