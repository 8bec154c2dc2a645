import { z } from 'zod';
import type { Priority } from '../../model/alert.ts';
import { type Answer, defineChannel } from '../define.ts';
import { EXAMPLE_QUESTION, EXAMPLE_WORD } from '../example.ts';
import { cutBytes, oneLine, priorityWords } from '../message-text.ts';

/** The server turns longer messages into attachments. */
const MESSAGE_BYTES_MAX = 4096;
const TITLE_BYTES_MAX = 250;

const config = z.strictObject({
  server: z
    .url({ protocol: /^https?$/ })
    .default('https://ntfy.sh')
    .meta({ title: 'Server', description: 'one of your own keeps the words in the house' }),
  topic: z
    .string()
    .regex(/^[-_A-Za-z0-9]{1,64}$/, 'up to 64 letters, digits, hyphens and underscores')
    .optional()
    .meta({
      title: 'Topic',
      description:
        "absent: the recipient's address is the topic; who knows a topic of a public server can read it",
    }),
  token: z.string().max(200).optional().meta({ title: 'Access token', secret: true }),
});

/** 5 sounds through silence and repeats; 1 makes no sound. https://docs.ntfy.sh/publish/#message-priority */
const URGENCY: Record<Priority, number> = { P1: 5, P2: 4, P3: 3, P4: 2 };

/** That somebody has the case wakes nobody. */
const QUIET = 2;

function answer(status: number, body: string): Answer {
  const detail = `HTTP ${status} ${body.slice(0, 200)}`;
  if (status === 200) {
    const id = /"id"\s*:\s*"([^"]+)"/.exec(body)?.[1];
    return { kind: 'accepted', detail: `HTTP ${status}`, ...(id === undefined ? {} : { providerId: id }) };
  }
  if (status === 429) return { kind: 'retry', failure: 'provider-busy', detail, afterMs: 60_000 };
  if (status >= 500) return { kind: 'retry', failure: 'provider-error', detail };
  // A person's address that is no topic, or not a permitted one: nothing is wrong with the channel of the others.
  if (/"code"\s*:\s*(40009|40010)\b/.test(body))
    return { kind: 'refused', failure: 'recipient-invalid', detail };
  return { kind: 'refused', failure: 'channel-misconfigured', detail };
}

export default defineChannel<z.output<typeof config>>({
  channel: 'ntfy',
  title: { zh: 'ntfy 手机推送', en: 'ntfy push' },
  summary: {
    zh: '经 ntfy 推送到手机，点开即到事项；P1 会突破静音。',
    en: 'Push to phones through ntfy; a tap opens the case, and a P1 sounds through silence.',
  },
  config,
  perMinuteMax: 50,
  words: { to: 'address' },
  // A topic of its own is one that several read.
  personal: ({ topic }) => topic === undefined,
  deliver(notice, { server, topic, token }, { locale, link }) {
    const { event, priority, title, body } = notice.content;
    const { follows } = notice;
    const [said, what] = [oneLine(title[locale]), oneLine(body[locale])];
    // A person who is asked whether all is well reads of no danger to life.
    const isAsked = event === 'resident-asked';
    return {
      transport: 'http',
      method: 'POST',
      url: server,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({
        topic: topic ?? notice.address,
        title: cutBytes(isAsked ? said : `${priority} ${priorityWords(notice, locale)}`, TITLE_BYTES_MAX),
        message: cutBytes(isAsked ? what : `${said}\n${what}`, MESSAGE_BYTES_MAX),
        priority: follows ? QUIET : URGENCY[priority],
        // From version 2.16 it takes the place of what was sent; an older server shows it beside that.
        ...(follows?.providerId === undefined ? {} : { sequence_id: follows.providerId }),
        ...(link === undefined ? {} : { click: link }),
      }),
      allowPrivate: true,
    };
  },
  answer,
  examples: [
    {
      name: 'who has the case takes the place of what was sent, without a sound',
      config: { server: 'https://ntfy.example.org', topic: 'duty-room' },
      notice: EXAMPLE_WORD,
      expect: {
        delivery: {
          body: JSON.stringify({
            topic: 'duty-room',
            title: 'P1 生命危险',
            message: '3号楼2单元501 王老人：手环报告跌倒\n李强 已接手（03-01 08:31），您无需再处理',
            priority: 2,
            sequence_id: 'sPs71M8A2T',
            click: 'https://care.example.org/cases/h501.c2',
          }),
        },
      },
    },
    {
      name: 'a fall, to the topic of the duty room',
      config: { server: 'https://ntfy.example.org', topic: 'duty-room', token: 'tk_secret' },
      expect: {
        delivery: {
          url: 'https://ntfy.example.org',
          headers: { 'content-type': 'application/json', authorization: 'Bearer tk_secret' },
          body: JSON.stringify({
            topic: 'duty-room',
            title: 'P1 生命危险',
            message: '3号楼2单元501 王老人：手环报告跌倒\n新事项。请在 1 分钟内接手。详情请登录查看。',
            priority: 5,
            click: 'https://care.example.org/cases/h501.c2',
          }),
        },
        answers: [
          { status: 200, body: '{"id":"sPs71M8A2T","event":"message"}', kind: 'accepted' },
          { status: 429, body: '{"code":42901,"http":429}', kind: 'retry', failure: 'provider-busy' },
          {
            status: 400,
            body: '{"code":40009,"http":400,"error":"invalid request: topic invalid"}',
            kind: 'refused',
            failure: 'recipient-invalid',
          },
          {
            status: 403,
            body: '{"code":40301,"http":403}',
            kind: 'refused',
            failure: 'channel-misconfigured',
          },
          { status: 507, body: '', kind: 'retry', failure: 'provider-error' },
        ],
      },
    },
    {
      name: 'a resident who is asked whether all is well reads no priority',
      config: { server: 'https://ntfy.example.org' },
      notice: EXAMPLE_QUESTION,
      expect: {
        delivery: {
          body: JSON.stringify({
            topic: 'wang-2b81',
            title: '社区关爱',
            message: '您好，想问问您是否一切都好。',
            priority: 5,
            click: 'https://care.example.org/cases/h501.c2',
          }),
        },
      },
    },
    {
      name: "to a person's own topic",
      config: { server: 'https://ntfy.example.org' },
      notice: { address: 'zhang-7f3a' },
      expect: {
        delivery: { headers: { 'content-type': 'application/json' } },
      },
    },
  ],
});
