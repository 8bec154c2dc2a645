import { z } from 'zod';
import type { Priority } from '../../model/alert.ts';
import { defineChannel } from '../define.ts';
import { oneLine, priorityWords } from '../message-text.ts';

const config = z.strictObject({
  colour: z.boolean().default(true).meta({ title: 'Colours', description: 'ANSI colours by priority' }),
  timeZone: z
    .string()
    .refine(isTimeZone, 'an IANA time zone such as Asia/Shanghai')
    .default('Asia/Shanghai')
    .meta({
      title: 'Time zone',
      description: 'in which the time of a notice is shown',
    }),
});

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Kept: to make one takes 46 µs, to use it one. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  formats.set(timeZone, made);
  return made;
}

/** ANSI: white on red, red, yellow, cyan. */
const COLOURS: Record<Priority, string> = {
  P1: '\u001b[1;97;41m',
  P2: '\u001b[1;31m',
  P3: '\u001b[33m',
  P4: '\u001b[36m',
};
const DIM = '\u001b[2m';
const PLAIN = '\u001b[0m';

export default defineChannel<z.output<typeof config>>({
  channel: 'terminal',
  title: { zh: '终端', en: 'Terminal' },
  summary: {
    zh: '在运行本服务的终端上打印一行，便于试用和值班。',
    en: 'Prints one line on the terminal where the service runs.',
  },
  config,
  perMinuteMax: 6_000,
  digests: false,
  words: { to: 'channel' },
  deliver(notice, { colour, timeZone }, { locale, link }) {
    const { priority, title, body } = notice.content;
    const paint = (code: string, text: string): string => (colour ? `${code}${text}${PLAIN}` : text);
    const parts = [
      paint(DIM, formatOf(timeZone).format(notice.createdAt)),
      paint(COLOURS[priority], ` ${priority} ${priorityWords(notice, locale)} `),
      oneLine(title[locale]),
      paint(DIM, oneLine(body[locale])),
      ...(link === undefined ? [] : [paint(DIM, link)]),
    ];
    return { transport: 'terminal', line: parts.join('  ') };
  },
  examples: [
    {
      name: 'one line without colours',
      config: { colour: false },
      expect: {
        delivery: {
          transport: 'terminal',
          line: '2026-03-01 08:30:00   P1 生命危险   3号楼2单元501 王老人：手环报告跌倒  新事项。请在 1 分钟内接手。详情请登录查看。  https://care.example.org/cases/h501.c2',
        },
      },
    },
    {
      name: 'a name that tries to colour or break the line',
      config: { colour: false, timeZone: 'UTC' },
      notice: {
        content: {
          event: 'test',
          title: { zh: '\u001b[2J王\n老人', en: '' },
          body: { zh: '\u202e', en: '' },
          priority: 'P4',
        },
      },
      expect: {
        delivery: {
          line: '2026-03-01 00:30:00   P4 照护维护   [2J王 老人    https://care.example.org/cases/h501.c2',
        },
      },
    },
  ],
});
