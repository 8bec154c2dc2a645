import { z } from 'zod';
import { DAY, MINUTE } from '../../lib/clock.ts';
import { accountKeys, PUSH_ANSWER, variableNames, variablesJson } from '../aliyun/account.ts';
import { aliyunAnswer, smsFailure } from '../aliyun/codes.ts';
import { aliyunRequest } from '../aliyun/request.ts';
import { defineChannel } from '../define.ts';
import { messageVariables } from '../message-variables.ts';
import {
  type BareReply,
  beijingTime,
  phoneNumber,
  type Report,
  readReports,
  receiptToken,
  textOf,
} from '../phone.ts';
import { byEvent, forEvent } from '../templates.ts';

const config = z.strictObject({
  ...accountKeys,
  signName: z
    .string()
    .min(2)
    .max(30)
    .meta({ title: 'Signature', description: 'as it was approved, without 【】' }),
  templates: byEvent(z.string().regex(/^SMS_\d+$/, 'SMS_ and digits')).meta({
    title: 'Templates',
    description: 'the code of the approved template for each event; `default` for all others',
  }),
  variables: variableNames,
  perNumberDayMax: z.number().int().min(1).max(1000).default(45).meta({
    title: 'Messages to one number a day',
    description: 'the vendor takes 50 of one signature and template in any 24 hours',
  }),
  receiptToken,
  origin: z
    .url({ protocol: /^https?$/ })
    .default('https://dysmsapi.aliyuncs.com')
    .meta({ title: 'Origin' }),
});
type Config = z.output<typeof config>;

/** The vendor states no limit; a longer id of ours is left out, and the receipt finds the notice by the BizId. */
const OUT_ID_CHARS_MAX = 128;

/** An SmsReport (help.aliyun.com, sms, smsreport-2): by our own id where it carries it, else by the vendor's. */
function smsReply(report: Report, now: number): BareReply | undefined {
  const [outId, bizId] = [textOf(report['out_id']), textOf(report['biz_id'])];
  if (outId === '' && bizId === '') return undefined;
  const about = outId === '' ? { providerId: bizId } : { notice: outId };
  const at = beijingTime(report['report_time'], now);
  if (report['success'] === true || report['success'] === 'true') return { kind: 'delivered', at, about };
  const code = textOf(report['err_code']);
  const detail = `${code} ${textOf(report['err_msg'])}`.trim();
  return { kind: 'undelivered', at, about, failure: smsFailure(code), detail };
}

export default defineChannel<Config>({
  channel: 'aliyun-sms',
  title: { zh: '阿里云短信', en: 'SMS by Alibaba Cloud' },
  summary: {
    zh: '用已审核的模板发送短信，变量为社区、楼栋单元、姓氏、事件、时间，不含链接和电话。同一号码每 24 小时最多 50 条；短信不能接手事项。',
    en: 'SMS by an approved template whose variables are community, place, surname, event and time; never a link or a number. The vendor takes 50 for one number in 24 hours. Nobody can acknowledge by it.',
  },
  config,
  perMinuteMax: 600,
  perAddress: ({ perNumberDayMax }) => [{ windowMs: DAY + MINUTE, max: perNumberDayMax }],
  deliver(notice, settings, { now, locale }) {
    const outId = notice.id.length <= OUT_ID_CHARS_MAX ? { OutId: notice.id } : {};
    return aliyunRequest(settings, {
      action: 'SendSms',
      version: '2017-05-25',
      parameters: {
        PhoneNumbers: phoneNumber(notice.address),
        SignName: settings.signName,
        TemplateCode: forEvent(settings.templates, notice),
        TemplateParam: variablesJson(messageVariables(notice, locale), settings.variables),
        ...outId,
      },
      nonce: notice.id,
      now,
    });
  },
  answer: (status, body) => aliyunAnswer(status, body, 'BizId'),
  receipts: (request, { receiptToken: token }, now) =>
    readReports(request, token, (report) => smsReply(report, now), PUSH_ANSWER),
  examples: [],
});
