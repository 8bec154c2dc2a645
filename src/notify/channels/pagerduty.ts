import { z } from 'zod';
import type { Priority } from '../../model/alert.ts';
import type { Notice } from '../../model/notice.ts';
import { type Answer, defineChannel } from '../define.ts';
import { EXAMPLE_NOTICE, EXAMPLE_WORD } from '../example.ts';
import { cutBytes, oneLine } from '../message-text.ts';

/** Longest summary and key that the vendor takes. */
const SUMMARY_BYTES_MAX = 1024;
const KEY_LENGTH_MAX = 255;

const config = z.strictObject({
  routingKey: z
    .string()
    .regex(/^[0-9A-Za-z]{32}$/, '32 letters and digits: the integration key of the service')
    .meta({ title: 'Routing key', secret: true }),
  url: z
    .url({ protocol: /^https?$/ })
    .default('https://events.pagerduty.com/v2/enqueue')
    .meta({ title: 'Address', description: 'https://events.eu.pagerduty.com/v2/enqueue in the EU' }),
});

const SEVERITY: Record<Priority, string> = { P1: 'critical', P2: 'error', P3: 'warning', P4: 'info' };

function answer(status: number, body: string): Answer {
  const detail = `HTTP ${status} ${body.slice(0, 200)}`;
  if (status === 202) return { kind: 'accepted', detail: `HTTP ${status}` };
  if (status === 429) return { kind: 'retry', failure: 'provider-busy', detail, afterMs: 60_000 };
  if (status >= 500) return { kind: 'retry', failure: 'provider-error', detail };
  return { kind: 'refused', failure: 'channel-misconfigured', detail };
}

/**
 * The incident. What is triggered once more under one that was acknowledged pages nobody there: where people are called anew, because
 * whoever had the case is late, gave it back or does not come after all, it is another incident of the same case.
 */
const keyOf = ({ case: id, content: { anew } }: Notice): string =>
  `${id.slice(0, KEY_LENGTH_MAX - ANEW_LENGTH_MAX)}${anew === undefined ? '' : `.again${anew}`}`;
const ANEW_LENGTH_MAX = 12;

/** @see https://developer.pagerduty.com/docs/events-api-v2-overview */
export default defineChannel<z.output<typeof config>>({
  channel: 'pagerduty',
  title: { zh: 'PagerDuty 值班平台', en: 'PagerDuty' },
  summary: {
    zh: '以 Events API v2 触发、确认、关闭 PagerDuty 事件；一个事项对应一个事件，接手人逾期、交回或不来时另开一个，处置后一并关闭。',
    en: 'Triggers, acknowledges and resolves an incident by the Events API v2. One case is one incident; where whoever has it is late, gives it back or does not come after all, another is opened, and the end resolves all of them.',
  },
  config,
  perMinuteMax: 100,
  digests: false,
  words: { to: 'address', each: ['case-acknowledged', 'case-resolved'], threads: true },
  deliver(notice, { routingKey, url }, { locale, link }) {
    const { content, createdAt, home, path } = notice;
    const action =
      content.event === 'case-resolved'
        ? 'resolve'
        : content.event === 'case-acknowledged'
          ? 'acknowledge'
          : 'trigger';
    return {
      transport: 'http',
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        routing_key: routingKey,
        event_action: action,
        dedup_key: keyOf(notice),
        ...(action === 'trigger'
          ? {
              payload: {
                summary: cutBytes(oneLine(content.title[locale]), SUMMARY_BYTES_MAX),
                source: home === '' ? path : home,
                severity: SEVERITY[content.priority],
                timestamp: new Date(createdAt).toISOString(),
                custom_details: { what_to_do: oneLine(content.body[locale]), priority: content.priority },
              },
              ...(link === undefined ? {} : { links: [{ href: link, text: notice.case }] }),
            }
          : {}),
      }),
    };
  },
  answer,
  examples: [
    {
      name: 'who takes the case acknowledges the incident',
      config: { routingKey: '0123456789abcdef0123456789abcdef' },
      notice: EXAMPLE_WORD,
      expect: {
        delivery: {
          body: '{"routing_key":"0123456789abcdef0123456789abcdef","event_action":"acknowledge","dedup_key":"h501.c2"}',
        },
      },
    },
    {
      name: 'whoever has it is late: another incident of the same case, for the first is acknowledged and would page nobody',
      config: { routingKey: '0123456789abcdef0123456789abcdef' },
      notice: { content: { ...EXAMPLE_NOTICE.content, event: 'case-overdue', anew: 1 } },
      expect: {
        delivery: {
          body: '{"routing_key":"0123456789abcdef0123456789abcdef","event_action":"trigger","dedup_key":"h501.c2.again1","payload":{"summary":"3号楼2单元501 王老人：手环报告跌倒","source":"h501","severity":"critical","timestamp":"2026-03-01T00:30:00.000Z","custom_details":{"what_to_do":"新事项。请在 1 分钟内接手。详情请登录查看。","priority":"P1"}},"links":[{"href":"https://care.example.org/cases/h501.c2","text":"h501.c2"}]}',
        },
      },
    },
    {
      name: 'a fall triggers an incident of its case',
      config: { routingKey: '0123456789abcdef0123456789abcdef' },
      expect: {
        delivery: {
          body: '{"routing_key":"0123456789abcdef0123456789abcdef","event_action":"trigger","dedup_key":"h501.c2","payload":{"summary":"3号楼2单元501 王老人：手环报告跌倒","source":"h501","severity":"critical","timestamp":"2026-03-01T00:30:00.000Z","custom_details":{"what_to_do":"新事项。请在 1 分钟内接手。详情请登录查看。","priority":"P1"}},"links":[{"href":"https://care.example.org/cases/h501.c2","text":"h501.c2"}]}',
          url: 'https://events.pagerduty.com/v2/enqueue',
        },
        answers: [
          { status: 202, body: '{"status":"success","dedup_key":"h501.c2"}', kind: 'accepted' },
          {
            status: 400,
            body: '{"status":"invalid event"}',
            kind: 'refused',
            failure: 'channel-misconfigured',
          },
          { status: 429, body: '', kind: 'retry', failure: 'provider-busy', afterMs: 60_000 },
          { status: 500, body: '', kind: 'retry', failure: 'provider-error' },
        ],
      },
    },
  ],
});
