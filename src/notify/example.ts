import type { Notice } from '../model/notice.ts';
import type { ChannelContext } from './define.ts';

/** The notice that examples of channels are played with: a fall on a March morning. */
export const EXAMPLE_NOTICE: Notice = {
  id: 'h501.c2.case-opened.staff:zhang.duty-robot',
  case: 'h501.c2',
  alert: 'h501.a3',
  home: 'h501',
  path: 'haitang/g1/b3/u2/h501',
  recipient: { kind: 'staff', id: 'zhang', name: '张敏', role: 'grid-worker' },
  channel: 'duty-robot',
  address: '13800000001',
  content: {
    event: 'case-opened',
    title: {
      zh: '3号楼2单元501 王老人：手环报告跌倒',
      en: 'Building 3, Unit 2, 501 · 王: The band reports a fall',
    },
    body: {
      zh: '新事项。请在 1 分钟内接手。详情请登录查看。',
      en: 'New case. Please acknowledge within 1 minute. Sign in for details.',
    },
    priority: 'P1',
    parts: {
      community: '海棠社区',
      place: { zh: '3号楼2单元501', en: 'Building 3, Unit 2, 501' },
      person: { zh: '王老人', en: '王' },
      event: { zh: '手环报告跌倒', en: 'The band reports a fall' },
      time: '08:30',
    },
  },
  createdAt: Date.UTC(2026, 2, 1, 0, 30),
  state: 'queued',
  attempts: 0,
  nextAttemptAt: Date.UTC(2026, 2, 1, 0, 30),
};

/** What whoever got it hears when somebody else takes the case. */
export const EXAMPLE_WORD: Partial<Notice> = {
  id: 'h501.c2.taken',
  content: {
    ...EXAMPLE_NOTICE.content,
    event: 'case-acknowledged',
    body: {
      zh: '李强 已接手（03-01 08:31），您无需再处理',
      en: '李强 has taken it on (03-01 08:31); nothing is left for you to do',
    },
  },
  follows: {
    notice: EXAMPLE_NOTICE.id,
    providerId: 'sPs71M8A2T',
    news: {
      what: 'taken',
      status: 'acknowledged',
      by: '李强',
      at: Date.UTC(2026, 2, 1, 0, 31),
      when: '03-01 08:31',
      text: { zh: '李强 已接手', en: '李强 has taken it on' },
    },
  },
};

/** What a resident gets who is asked before others whether all is well. */
export const EXAMPLE_QUESTION: Partial<Notice> = {
  id: 'h501.c2.case-opened.resident:h501-r.duty-robot',
  recipient: { kind: 'resident', id: 'h501-r', name: '王秀英', role: 'resident' },
  address: 'wang-2b81',
  content: {
    event: 'resident-asked',
    title: { zh: '社区关爱', en: 'Your community' },
    body: { zh: '您好，想问问您是否一切都好。', en: 'Hello, we would like to know whether all is well.' },
    priority: 'P1',
  },
};

export const EXAMPLE_CONTEXT: ChannelContext = {
  now: Date.UTC(2026, 2, 1, 0, 30, 1),
  locale: 'zh',
  link: 'https://care.example.org/cases/h501.c2',
};
