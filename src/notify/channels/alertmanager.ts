import { z } from 'zod';
import type { Priority } from '../../model/alert.ts';
import { type Answer, defineChannel } from '../define.ts';
import { oneLine } from '../message-text.ts';

const config = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).meta({
    title: 'Address of the receiver',
    description: 'whatever takes the webhooks of Prometheus Alertmanager: Grafana OnCall, karma, GoAlert',
  }),
  token: z.string().max(500).optional().meta({ title: 'Bearer token', secret: true }),
  receiver: z.string().min(1).max(100).default('shouwang').meta({ title: 'Name of the receiver' }),
});

const SEVERITY: Record<Priority, string> = { P1: 'critical', P2: 'error', P3: 'warning', P4: 'info' };

function answer(status: number, body: string): Answer {
  const detail = `HTTP ${status} ${body.slice(0, 200)}`;
  if (status >= 200 && status < 300) return { kind: 'accepted', detail: `HTTP ${status}` };
  if (status === 429) return { kind: 'retry', failure: 'provider-busy', detail };
  if (status >= 500) return { kind: 'retry', failure: 'provider-error', detail };
  return { kind: 'refused', failure: 'channel-misconfigured', detail };
}

/**
 * The webhook body of Alertmanager, version 4, so that what a site has for its servers takes our cases as well. One case
 * is one group; its end is `resolved`.
 *
 * @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export default defineChannel<z.output<typeof config>>({
  channel: 'alertmanager',
  title: { zh: 'Alertmanager 格式的 Webhook', en: 'Webhook in the form of Alertmanager' },
  summary: {
    zh: '以 Alertmanager v4 的格式推送事项，现有的值班与告警平台可直接接收。',
    en: 'Cases in the form of Alertmanager v4, for on-call systems that a site already has.',
  },
  config,
  perMinuteMax: 300,
  digests: false,
  // The format has no word for "somebody has it".
  // What asked to call back fires after the end of the case, and ends by itself.
  words: { to: 'address', each: ['case-resolved'], threads: true },
  deliver(notice, { url, token, receiver }, { locale, link }) {
    const { content, path, home, createdAt } = notice;
    const status = content.event === 'case-resolved' ? 'resolved' : 'firing';
    const labels = { alertname: 'case', case: notice.case, home, path, severity: SEVERITY[content.priority] };
    const annotations = {
      summary: oneLine(content.title[locale]),
      description: oneLine(content.body[locale]),
    };
    const alert = {
      status,
      labels,
      annotations,
      startsAt: new Date(createdAt).toISOString(),
      endsAt: status === 'resolved' ? new Date(createdAt).toISOString() : '0001-01-01T00:00:00Z',
      generatorURL: link ?? '',
      fingerprint: notice.case,
    };
    return {
      transport: 'http',
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({
        version: '4',
        groupKey: `{}:{case="${notice.case}"}`,
        truncatedAlerts: 0,
        status,
        receiver,
        groupLabels: { case: notice.case },
        commonLabels: labels,
        commonAnnotations: annotations,
        externalURL: link ?? '',
        alerts: [alert],
      }),
      allowPrivate: true,
    };
  },
  answer,
  examples: [
    {
      name: 'a fall fires',
      config: { url: 'https://oncall.example.org/hook', token: 'secret-token' },
      expect: {
        delivery: {
          body: '{"version":"4","groupKey":"{}:{case=\\"h501.c2\\"}","truncatedAlerts":0,"status":"firing","receiver":"shouwang","groupLabels":{"case":"h501.c2"},"commonLabels":{"alertname":"case","case":"h501.c2","home":"h501","path":"haitang/g1/b3/u2/h501","severity":"critical"},"commonAnnotations":{"summary":"3号楼2单元501 王老人：手环报告跌倒","description":"新事项。请在 1 分钟内接手。详情请登录查看。"},"externalURL":"https://care.example.org/cases/h501.c2","alerts":[{"status":"firing","labels":{"alertname":"case","case":"h501.c2","home":"h501","path":"haitang/g1/b3/u2/h501","severity":"critical"},"annotations":{"summary":"3号楼2单元501 王老人：手环报告跌倒","description":"新事项。请在 1 分钟内接手。详情请登录查看。"},"startsAt":"2026-03-01T00:30:00.000Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"https://care.example.org/cases/h501.c2","fingerprint":"h501.c2"}]}',
          url: 'https://oncall.example.org/hook',
        },
        answers: [
          { status: 202, body: '', kind: 'accepted' },
          { status: 401, body: 'no', kind: 'refused', failure: 'channel-misconfigured' },
          { status: 429, body: '', kind: 'retry', failure: 'provider-busy' },
          { status: 500, body: '', kind: 'retry', failure: 'provider-error' },
        ],
      },
    },
  ],
});
