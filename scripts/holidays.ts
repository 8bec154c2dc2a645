/**
 * `node scripts/holidays.ts`: writes config/holidays-cn.yaml from the package chinese-days, which keeps the notices of
 * the State Council on the arrangement of holidays. To be run when its next version knows another year.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Document, isMap, isSeq } from 'yaml';
import { holidaysSchema } from '../src/model/holidays.ts';

interface ChineseDays {
  /** `2026-10-01` → `National Day,国庆节,3`. */
  readonly holidays: Readonly<Record<string, string>>;
  readonly workdays: Readonly<Record<string, string>>;
}

/** What is long past is of no use to anybody who looks ahead. */
const FIRST_YEAR = 2024;
const OUT = new URL('../config/holidays-cn.yaml', import.meta.url);
const HEAD = `# China's public holidays and 调休 (Saturdays and Sundays on which people work), as the State Council announces them each
# autumn for the year after. Written by scripts/holidays.ts; a community elsewhere keeps a file of its own in this form.
# 中国法定节假日与调休上班日，国务院办公厅每年秋季公布下一年安排。由 scripts/holidays.ts 生成；其他地区可自备同样格式的文件。
`;

const require = createRequire(import.meta.url);
const { version } = require('chinese-days/package.json') as { version: string };
const days = JSON.parse(
  await readFile(require.resolve('chinese-days/dist/chinese-days.json'), 'utf8'),
) as ChineseDays;

const listed = (of: Readonly<Record<string, string>>) =>
  Object.entries(of)
    .filter(([date]) => Number(date.slice(0, 4)) >= FIRST_YEAR)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([date, words]) => {
      const [en = '', zh = ''] = words.split(',');
      return { date, name: { zh, en } };
    });

const off = listed(days.holidays);
const work = listed(days.workdays).map(({ date, name }) => ({
  date,
  name: { zh: `${name.zh}调休上班`, en: `working day for ${name.en}` },
}));
const years = [...new Set(off.map(({ date }) => Number(date.slice(0, 4))))].sort();
const holidays = holidaysSchema.parse({
  source: `chinese-days ${version} (MIT), after the yearly notices of the General Office of the State Council`,
  years,
  off,
  work,
});
const document = new Document(holidays);
for (const list of ['off', 'work']) {
  const entries = document.get(list);
  if (isSeq(entries)) for (const entry of entries.items) if (isMap(entry)) entry.flow = true;
}
await writeFile(OUT, HEAD + document.toString({ flowCollectionPadding: true, lineWidth: 0 }));
console.log(`${off.length} days off and ${work.length} working days of ${years.join(', ')}`);
