import { placeAlert } from '../../src/cases/alerts.ts';
import { emptyBook } from '../../src/cases/case-book.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { Priority } from '../../src/model/alert.ts';
import { contextAt, draftOf, wayTo } from '../cases-fixtures.ts';
import { Aliyun } from '../stand-ins/aliyun.ts';
import { TencentSms } from '../stand-ins/tencent-sms.ts';
import type { Bench } from './notify-bench.ts';

export const MOBILE = '13800000001';
export const OTHER_MOBILE = '13800000002';
export const TOKEN = 'token-of-receipts-0123456789';

const KEYS = { accessKeyId: 'LTAI-example-id', accessKeySecret: 'example-access-key-secret' };
/** A blank of a template. */
const blank = (name: string): string => `$\{${name}}`;
const [COMMUNITY, PLACE, PERSON, EVENT, TIME] = ['community', 'place', 'person', 'event', 'time'].map(blank);
const SMS_TEXT = `${COMMUNITY}${PLACE}${PERSON}：${EVENT}（${TIME}）。请登录守望查看并接手。`;
const CALL_TEXT = `守望值班提醒。${COMMUNITY}，${PLACE}，${PERSON}，${EVENT}，${TIME}。接手请按1，无法前往请按2。`;

export const openAliyun = (clock: Clock): Promise<Aliyun> =>
  Aliyun.open(clock, {
    ...KEYS,
    signNames: ['海棠社区'],
    templates: {
      SMS_100001: SMS_TEXT,
      TTS_200001: CALL_TEXT,
      TTS_200002: '已收到，正在登记由您接手，请登录确认。',
      TTS_200003: '已收到，将通知其他人员。',
      TTS_200004: '再见。',
    },
    numbers: ['05710000001'],
  });

export const openTencent = (clock: Clock): Promise<TencentSms> =>
  TencentSms.open(clock, {
    secretId: 'AKID-example-id',
    secretKey: 'example-secret-key',
    sdkAppId: '1400006666',
    signNames: ['海棠社区'],
    templates: { '1110': '{1}{2}{3}：{4}（{5}）。请登录守望查看并接手。' },
  });

export const smsChannel = (origin: string, more: object = {}) => ({
  id: 'sms',
  channel: 'aliyun-sms',
  config: {
    ...KEYS,
    signName: '海棠社区',
    templates: { default: 'SMS_100001' },
    receiptToken: TOKEN,
    origin,
    ...more,
  },
});

export const voiceChannel = (origin: string, more: object = {}) => ({
  id: 'voice',
  channel: 'aliyun-voice',
  config: {
    ...KEYS,
    shownNumber: '05710000001',
    calls: {
      default: {
        start: 'TTS_200001',
        acknowledged: 'TTS_200002',
        declined: 'TTS_200003',
        bye: 'TTS_200004',
      },
    },
    receiptToken: TOKEN,
    origin,
    ...more,
  },
});

export const tencentChannel = (origin: string, more: object = {}) => ({
  id: 'sms2',
  channel: 'tencent-sms',
  config: {
    secretId: 'AKID-example-id',
    secretKey: 'example-secret-key',
    sdkAppId: '1400006666',
    signName: '海棠社区',
    templates: { default: '1110' },
    receiptToken: TOKEN,
    origin,
    ...more,
  },
});

/** A home raises an alert; one person is told over this channel. Returns the id of the notice. */
export async function tell(
  bench: Bench,
  home: string,
  channel: string,
  address = MOBILE,
  priority: Priority = 'P1',
): Promise<string> {
  const base = contextAt(bench.clock.now(), [wayTo('zhang', channel, address)]);
  const subject = {
    ...base.subject,
    id: home,
    home,
    path: `haitang/g1/${home}`,
    spot: { zh: '3号楼2单元501', en: 'Building 3, 501' },
    community: '海棠社区',
  };
  const draft = draftOf(`${home}.a1`, { subject: home, home, path: subject.path, priority });
  const { effects } = placeAlert(emptyBook(), draft, 'raised', { ...base, subject });
  await bench.commit(effects);
  const [id] = effects.flatMap((effect) => (effect.type === 'notice' ? [effect.notice.id] : []));
  if (id === undefined) throw new Error('nobody was told');
  return id;
}
