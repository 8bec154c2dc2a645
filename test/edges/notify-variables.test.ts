import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeCommunity } from '../../simulators/community.ts';
import { parseRegistryYaml } from '../../src/config/registry-yaml.ts';
import type { Notice, NoticeParts } from '../../src/model/notice.ts';
import { drillNotice } from '../../src/notify/drill.ts';
import { EXAMPLE_NOTICE } from '../../src/notify/example.ts';
import { harmless, messageVariables, shortPlace, VARIABLES } from '../../src/notify/message-variables.ts';
import { Registry } from '../../src/registry/registry.ts';
import { T0 } from '../core.ts';
import { runs } from '../runs.ts';

const both = (text: string) => ({ zh: text, en: text });
const noticeOf = (parts: Partial<NoticeParts>): Notice => ({
  ...EXAMPLE_NOTICE,
  content: {
    ...EXAMPLE_NOTICE.content,
    parts: { ...(EXAMPLE_NOTICE.content.parts as NoticeParts), ...parts },
  },
});
const points = (text: string): number => [...text].length;

const registries = async (): Promise<Registry[]> => {
  const file = parseRegistryYaml(await readFile('config/registry.yaml', 'utf8'), 'registry.yaml');
  if (!file.ok) throw new Error('config/registry.yaml is not valid');
  const simulated = makeCommunity({ seed: 1, homes: runs(100, 3_000), start: T0 });
  return [Registry.from(file.value.put), Registry.from(simulated.entries)];
};

describe('what fills the blanks of an approved text', () => {
  it('is whole for every home of the example registry and of a simulated town', async () => {
    let longest = '';
    for (const registry of await registries()) {
      for (const { id } of registry.homes()) {
        const spot = registry.spot(id);
        const { place, community } = messageVariables(noticeOf({ place: spot }), 'zh');
        expect(place.replace('栋', '号楼')).toBe(spot.zh);
        expect(community).not.toBe('');
        if (points(spot.zh) > points(longest)) longest = spot.zh;
      }
    }
    expect(points(longest)).toBeGreaterThanOrEqual(10);
  });

  it('is short, harmless and never empty, whatever stands in the registry', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.string({ unit: fc.constantFrom(...'王0123456789.-/:@ 。．号楼单元栋abc#【】①→'), maxLength: 40 }),
    );
    fc.assert(
      fc.property(nasty, nasty, nasty, nasty, (community, place, person, event) => {
        const parts = { community, place: both(place), person: both(person), event: both(event) };
        const values = messageVariables(noticeOf(parts), 'zh');
        const max = { community: 10, place: 12, person: 8, event: 10, time: 5, number: 6 };
        for (const variable of VARIABLES) {
          const value = values[variable];
          expect(points(value)).toBeGreaterThan(0);
          expect(points(value)).toBeLessThanOrEqual(max[variable]);
          expect(value).not.toMatch(/[#【】『』★※①→@/]/u);
          expect(value, 'a link').not.toMatch(/[\p{L}\d]\.\p{L}/u);
          expect(value, 'an address').not.toMatch(/\d\.\d+\.\d/);
          expect(value, 'a telephone number').not.toMatch(/\d(?:[ -]*\d){6}/);
          expect(value.isWellFormed()).toBe(true);
        }
      }),
    );
  });

  it.each([
    ['请打13800000001', '请打'],
    ['请打１３８ ０００ ００００１', '请打'],
    ['见 https://a.example.org/x', '见'],
    ['见例子.中国', ''],
    ['网关10.0.0.1离线', '网关 离线'],
    ['用水0.01立方米', '用水0.01立方米'],
    ['【紧急】#1 血压①', '紧急 1 血压1'],
  ])('of %s leaves %s', (text, left) => {
    expect(harmless(text)).toBe(left);
  });

  it.each([
    ['3号楼2单元501', '3号楼2单元501'],
    ['112号楼10单元1502', '112栋10单元1502'],
    ['海棠苑小区东区112号楼10单元1502', '112栋10单元1502'],
    ['一期112号楼10单元1502室', '10单元1502室'],
    ['海棠苑小区东区梅花楼东单元甲室', '海棠苑小区东区梅花楼东单'],
  ])('a long place says less, never another door: %s → %s', (place, short) => {
    expect(shortPlace(place, 12)).toBe(short);
  });

  it.each([
    ['手环报告跌倒（曾有“紧急呼叫”，已结束）', '手环报告跌倒'],
    ['二十个字以内都没有括号的一个标题', '二十个字以内都没有括'],
    ['跌倒（二次）', '跌倒(二次)'],
  ])(
    'what was found loses what is said of it before it loses anything of its own: %s → %s',
    (event, short) => {
      expect(messageVariables(noticeOf({ event: both(event) }), 'zh').event).toBe(short);
    },
  );

  it('names every door so that the digits before the last word are those of the registry', () => {
    const number = fc.integer({ min: 1, max: 9999 });
    fc.assert(
      fc.property(fc.constantFrom('', '海棠苑', '东区'), number, number, number, (yard, b, u, h) => {
        const place = `${yard}${b}号楼${u}单元${h}`;
        const numbers = shortPlace(place, 12).match(/\d+/g) ?? [];
        expect([String(b), String(u), String(h)].slice(-numbers.length)).toEqual(numbers);
        expect(numbers.length).toBeGreaterThanOrEqual(2);
      }),
    );
  });

  it('keeps doors apart that are written with hyphens', () => {
    expect(messageVariables(noticeOf({ place: both('12-10-1502') }), 'zh').place).toBe('12、10、1502');
  });

  it('still reads well where nothing is known, and about a gateway, which nobody lives in', () => {
    const parts = { place: both(''), community: '', person: both(''), event: both('★'), time: '' };
    const { home: _, ...notice } = noticeOf(parts);
    expect(Object.values(messageVariables({ ...notice, home: 'h1' }, 'zh'))).toEqual([
      '本社区',
      '地点见系统',
      '住户',
      '新事项',
      '现在',
      '见系统',
    ]);
    expect(messageVariables({ ...notice, home: '' }, 'zh').person).toBe('设备');
  });

  it('has the number of the case for texts with a blank for it', () => {
    const { content } = EXAMPLE_NOTICE;
    const values = messageVariables({ ...EXAMPLE_NOTICE, content: { ...content, number: 128 } }, 'zh');
    expect(values.number).toBe('128');
  });

  it('is marked as a drill in a drill', () => {
    const values = messageVariables(drillNotice('sms', '13800000001', T0), 'zh');
    expect(values).toMatchObject({ community: '演练', place: '演练', person: '演练', time: '演练' });
    expect(values.event).toContain('演练');
  });
});
