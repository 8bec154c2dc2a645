import { expect, test } from 'vitest';
import { HOUR, ManualClock } from '../../src/lib/clock.ts';
import { letPass } from '../service.ts';
import { DESK, letBe, openTab, PHONE, picture, settled, signInAt, speak, tooWide } from './browser.ts';
import { LIN, publish } from './community.ts';
import { browser, onStage, service } from './stage.ts';

/** A morning in the time of the community. */
const T0 = Date.parse('2026-03-02T09:00:00+08:00');
const clock = new ManualClock(T0);

onStage(
  { rules: [{ id: 'B1', kind: 'event', priority: 'P1', params: { events: ['sos'] } }], clock, staff: true },
  async () => {
    for (const home of ['501', '502', '601']) {
      await publish(service, `wb-${home}`, { at: clock.now(), event: 'sos' });
      const said = { outcome: 'true-need', note: '', contactMadeBy: '王芳', contact: 'seen' } as const;
      await service.service.submit({ type: 'case.resolve', case: `${home}.c1`, ...said }, '王芳');
    }
    await letPass(service, clock, 30 * HOUR);
    // What the service found of itself meanwhile is another matter.
    const others = await service.service.records.cases({ paths: [''], kind: 'technical' }, { limit: 50 });
    for (const { id } of others.items)
      await service.service.submit(
        { type: 'case.resolve', case: id, outcome: 'device', note: '', contactMadeBy: '' },
        '王芳',
      );
  },
);

test('that call-backs are late stands on every page, in the title of the tab and above the list that does not show them', async () => {
  for (const [viewport, language, words, mark] of [
    [PHONE, '中文', '3 件回访已超时', '回访超时×3'],
    [DESK, '中文', '3 件回访已超时', '回访超时×3'],
    [PHONE, 'English', '3 call-backs are late', 'Call-backs late×3'],
    [DESK, 'English', '3 call-backs are late', 'Call-backs late×3'],
  ] as const) {
    const { page, troubles } = await openTab(browser, { viewport, clock: true });
    await signInAt(page, service.url, LIN);
    await speak(page, language);
    await letBe(page);
    await page.locator('.late-call-backs', { hasText: words }).waitFor();
    await expect.poll(() => page.title()).toContain(mark);
    await settled(page);
    await picture(page, `late-call-backs-${viewport.width}-${language}`);
    expect(await tooWide(page)).toBe(0);
    await page.locator('.nav a[href="/duty"]').click();
    await page.locator('.nav a[href="/"][data-gravest="call-back"][data-pressing="3"]').waitFor();
    await page.locator('.nav a[href="/"]').click();
    await page.locator('.late-call-backs a').click();
    await page.locator('[data-case="501.c1"]').waitFor();
    await letBe(page);
    await page.locator('.late-call-backs').waitFor({ state: 'detached' });
    await page.locator('.chips .late', { hasText: '3' }).waitFor();
    await settled(page);
    await picture(page, `late-call-backs-list-${viewport.width}-${language}`);
    expect(troubles).toEqual([]);
  }
});

test('the chips of what is shown stand in one row on a phone, in either language', async () => {
  for (const language of ['中文', 'English']) {
    const { page } = await openTab(browser, { viewport: PHONE });
    await signInAt(page, service.url, LIN);
    await speak(page, language);
    await page.locator('.chips .late').waitFor();
    const chips = await page.locator('.filters-row .chips button').all();
    const boxes = await Promise.all(chips.map((one) => one.boundingBox()));
    expect(new Set(boxes.map((box) => Math.round(box?.y ?? 0))).size).toBe(1);
    expect(new Set(boxes.map((box) => Math.round(box?.height ?? 0))).size).toBe(1);
    expect(await tooWide(page)).toBe(0);
  }
});

test('a call-back that is made is counted off at once', async () => {
  const { page } = await openTab(browser, { viewport: DESK, clock: true });
  await signInAt(page, service.url, LIN);
  await letBe(page);
  await page.locator('.late-call-backs', { hasText: '3 件' }).waitFor();
  for (const home of ['501', '502', '601'])
    await service.service.submit(
      { type: 'case.call-back', case: `${home}.c1`, result: 'satisfied', note: '' },
      '林晓',
    );
  await page.mouse.move(700, 800);
  await expect.poll(() => page.title()).not.toContain('×3');
  await letBe(page);
  await page.locator('.late-call-backs').waitFor({ state: 'detached' });
  await expect.poll(() => page.locator('.nav a[href="/"]').getAttribute('data-pressing')).toBeNull();
});
