import mqtt from 'mqtt';
import { expect, test } from 'vitest';
import { hashSecret } from '../../src/lib/secrets.ts';
import type { RegistryEntry } from '../../src/model/registry.ts';
import { ADMIN } from '../service.ts';
import { openTab, PHONE, picture, settled, signInAt, speak, tooWide } from './browser.ts';
import { community } from './community.ts';
import { browser, onStage, service } from './stage.ts';

const gateway = {
  noun: 'gateway',
  id: 'chirpstack-1',
  name: '3号楼网关',
  parent: 'haitang/g1/b3',
  enrolledAt: Date.now() - 86_400_000,
  secretHash: hashSecret('a-secret-of-a-network-server'),
  disabled: false,
} satisfies RegistryEntry;

onStage(
  () => {
    const entries = community(Date.now()).map((entry) =>
      entry.noun === 'device' && entry.id === 'wm-502' ? { ...entry, gateway: gateway.id } : entry,
    );
    return { entries: [...entries, gateway] };
  },
  async () => {
    for (const name of [gateway.id, gateway.id, 'zigbee2mqtt']) {
      const login = { clientId: name, username: name, password: 'wrong', reconnectPeriod: 0 };
      await mqtt.connectAsync(service.mqttUrl, login).catch(() => undefined);
    }
  },
);

const DESK = { width: 1280, height: 800 } as const;
const VIEWS = [
  [PHONE, '中文'],
  [DESK, '中文'],
  [PHONE, 'English'],
  [DESK, 'English'],
] as const;

test('a refused gateway, its devices and unknown names are shown where people look, on any screen', async () => {
  for (const [viewport, language] of VIEWS) {
    const { page, troubles } = await openTab(browser, { viewport });
    await signInAt(page, service.url, ADMIN);
    await speak(page, language);
    const open = async (path: string) => {
      await page.goto(service.url + path);
      await settled(page);
    };
    const shown = async (name: string) => {
      await picture(page, `refused-${name}-${viewport.width}-${language}`);
      expect(await tooWide(page)).toBe(0);
    };
    await open('/onboarding');
    await page.locator('[data-gateway=chirpstack-1] .warning-text').waitFor();
    await page.locator('[data-refused-name=zigbee2mqtt] .warning-text').waitFor();
    await shown('onboarding');
    await open('/devices');
    const row = page.locator('[data-device=wm-502]');
    await row
      .locator('.state')
      .getByText(language === '中文' ? '网关被拒' : 'Gateway refused')
      .waitFor();
    await row.getByText('chirpstack-1').first().waitFor();
    await shown('devices');
    await open('/rejections');
    const door = page.locator('[data-refused-logins]');
    await door.getByText(language === '中文' ? /有 3 次登录被拒/ : /3 logins were refused/).waitFor();
    expect(await page.locator('.empty').innerText()).not.toMatch(
      /收到的报文都被采用|every message that came/,
    );
    await shown('rejections');
    await door.getByRole('link').first().click();
    await page.locator('[data-gateway=chirpstack-1]').waitFor();
    expect(troubles).toEqual([]);
  }
});
