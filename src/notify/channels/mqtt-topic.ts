import { z } from 'zod';
import type { Notice } from '../../model/notice.ts';
import { defineChannel } from '../define.ts';

const FILLED_IN = /\{(path|home|case|priority|recipient|address)\}/g;

const config = z.strictObject({
  topic: z
    .string()
    .min(1)
    .max(300)
    .refine((topic) => !/[+#\0]/.test(topic), 'a topic to publish to holds no `+` and no `#`')
    .refine((topic) => !/[{}]/.test(topic.replace(FILLED_IN, '')), {
      message: 'what is filled in is {path}, {home}, {case}, {priority}, {recipient} and {address}',
    })
    .default('shouwang/notices/{path}')
    .meta({
      title: 'Topic',
      description: 'with {path}, {home}, {case}, {priority}, {recipient} or {address}',
    }),
  retain: z.boolean().default(false).meta({ title: 'Retain the last notice' }),
});

function topicOf(template: string, notice: Notice): string {
  const values: Record<string, string> = {
    path: notice.path,
    home: notice.home,
    case: notice.case,
    priority: notice.content.priority,
    recipient: notice.recipient.id,
    address: notice.address,
  };
  const topic = template.replace(FILLED_IN, (_, name: string) =>
    (values[name] ?? '').replace(/[+#\0]/g, '_'),
  );
  // No empty level, also where a value is empty.
  return topic.split('/').filter(Boolean).join('/');
}

export default defineChannel<z.output<typeof config>>({
  channel: 'mqtt-topic',
  title: { zh: 'MQTT 主题', en: 'MQTT topic' },
  summary: {
    zh: '把通知发布到 MQTT 主题，供大屏、声光报警器和其他程序订阅。',
    en: 'Publishes notices to an MQTT topic, for wall displays, sirens and other programs.',
  },
  config,
  perMinuteMax: 6_000,
  digests: false,
  words: { to: 'address', each: ['case-acknowledged', 'case-resolved'] },
  deliver(notice, { topic, retain }, { link }) {
    const { id, case: caseId, alert, home, path, recipient, content, createdAt } = notice;
    const body = {
      id,
      at: new Date(createdAt).toISOString(),
      event: content.event,
      case: caseId,
      alert,
      home,
      path,
      ...(content.number === undefined ? {} : { number: content.number }),
      priority: content.priority,
      title: content.title,
      body: content.body,
      recipient,
      ...(link === undefined ? {} : { link }),
    };
    return { transport: 'mqtt', topic: topicOf(topic, notice), body: JSON.stringify(body), retain };
  },
  examples: [
    {
      name: 'under the place of the home',
      config: {},
      expect: {
        delivery: { transport: 'mqtt', topic: 'shouwang/notices/haitang/g1/b3/u2/h501', retain: false },
      },
    },
    {
      name: 'a siren that listens for one priority, and an id that could be mistaken for a wildcard',
      config: { topic: 'sirens/{priority}/{home}/{address}', retain: true },
      notice: { home: 'h+#', address: '' },
      expect: { delivery: { transport: 'mqtt', topic: 'sirens/P1/h__', retain: true } },
    },
  ],
});
