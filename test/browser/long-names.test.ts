import { expect, test } from 'vitest';
import type { RegistryEntry } from '../../src/model/registry.ts';
import { faultsOf, PAGES } from './audit.ts';
import { openTab, picture, settled, signInAt } from './browser.ts';
import { ADMINISTRATOR, community, DUTY_ROSTERS, DUTY_STAFF, pressButton, stopWater } from './community.ts';
import { browser, onStage, service } from './stage.ts';

/** As they are in towns: a building called after what stood there, names of several peoples, a family abroad. */
const BUILDING = '清河新苑三期十二号高层住宅楼（原第二棉纺织厂家属院西侧附楼甲座）临时安置点';
const PEOPLE = ['买买提·吐尔逊·阿卜杜热合曼', 'Alexander Featherstonehaugh-Cholmondeley', '欧阳慕容司徒'];
const CONTACT = '阿依古丽·麦麦提敏·阿卜杜克里木';
const ROSTER = '海棠社区与清河新苑三期临时安置点联合值班（含节假日与汛期）';

let people = 0;
const named = (entry: RegistryEntry): RegistryEntry => {
  if (entry.noun === 'node' && entry.level === 'building') return { ...entry, name: BUILDING };
  if (entry.noun === 'resident') return { ...entry, name: PEOPLE[people++ % PEOPLE.length] ?? '' };
  if (entry.noun === 'contact')
    return { ...entry, name: `${CONTACT}（${entry.order}）`, relation: '住在外省的侄女的丈夫' };
  if (entry.noun === 'staff') return { ...entry, name: `${CONTACT}（${entry.name}）` };
  return entry;
};

onStage(
  {
    entries: [...community(Date.now()), ...DUTY_STAFF].map(named),
    rosters: { rosters: DUTY_ROSTERS.rosters.map((one) => ({ ...one, name: ROSTER })) },
    still: true,
  },
  async () => {
    await pressButton(service, '501');
    await pressButton(service, '502');
    await stopWater(service, '601');
  },
);

test.each([
  [320, 640],
  [390, 844],
  [1280, 800],
  [1920, 1080],
] as const)('long names break no page: %i pixels', async (width, height) => {
  const { page, troubles } = await openTab(browser, { viewport: { width, height } });
  await signInAt(page, service.url, ADMINISTRATOR);
  for (const path of PAGES) {
    await page.goto(service.url + path);
    await page.locator('#main h1').first().waitFor({ state: 'attached' });
    await settled(page);
    await picture(page, `long-names-${width}${path.replaceAll('/', '-')}`);
    expect(await faultsOf(page, 'zh-CN'), path).toEqual([]);
    expect(await cutWords(page), path).toEqual([]);
    if (path !== '/')
      await expect.poll(() => saidInBar(page), { message: path }).toMatch(/紧急呼叫.*无人接手/s);
  }
  expect(troubles).toEqual([]);
});

/** Words that are drawn over the edge of what they stand in, where nothing scrolls to them. */
const cutWords = (page: Parameters<typeof settled>[0]) =>
  page.evaluate(`[...document.querySelectorAll('#main :is(h1, h2, h3, p, li, dd, dt, td, th, b, a, code, button:not(.choose-toggle))')]
    .filter((one) => one.checkVisibility() && one.closest('.table-scroll, .hidden, .import-lines') === null)
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline'
      && getComputedStyle(one).overflowX !== 'auto')
    .map((one) => one.tagName + ' ' + one.className + ' ' + one.textContent.trim().slice(0, 40))`);

/** Of the words of the alarm those that are drawn, and not cut off by how high it may be. */
async function saidInBar(page: Parameters<typeof settled>[0]): Promise<string> {
  await page.locator('.alarm-words').waitFor();
  return (await page.evaluate(`(() => {
    const words = document.querySelector('.alarm-words');
    const { bottom } = words.getBoundingClientRect();
    const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
    let said = '';
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const range = document.createRange();
      range.selectNodeContents(node);
      const [line] = range.getClientRects();
      if (line && line.bottom <= bottom + 1) said += node.data + ' ';
    }
    return said;
  })()`)) as string;
}
