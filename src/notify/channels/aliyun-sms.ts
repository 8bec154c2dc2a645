import { z } from 'zod';
import { DAY, MINUTE } from '../../lib/clock.ts';
import { accountKeys, PUSH_ANSWER, variableNames, variablesJson } from '../aliyun/account.ts';
import { aliyunAnswer, smsFailure } from '../aliyun/codes.ts';
import { EXAMPLE_ANSWERS } from '../aliyun/example-answers.ts';
import { aliyunRequest } from '../aliyun/request.ts';
import { defineChannel } from '../define.ts';
import { messageVariables } from '../message-variables.ts';
import {
  type BareReply,
  beijingTime,
  numberKey,
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
  addressKey: numberKey,
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
  examples: [
    {
      name: 'a fall, by the template',
      config: {
        accessKeyId: 'LTAI-example-id',
        accessKeySecret: 'example-access-key-secret',
        signName: '海棠社区',
        templates: { default: 'SMS_100001', 'case-overdue': 'SMS_100002' },
      },
      expect: {
        delivery: {
          transport: 'http',
          url: 'https://dysmsapi.aliyuncs.com/?PhoneNumbers=13800000001&SignName=%E6%B5%B7%E6%A3%A0%E7%A4%BE%E5%8C%BA&TemplateCode=SMS_100001&TemplateParam=%7B%22community%22%3A%22%E6%B5%B7%E6%A3%A0%E7%A4%BE%E5%8C%BA%22%2C%22place%22%3A%223%E5%8F%B7%E6%A5%BC2%E5%8D%95%E5%85%83501%22%2C%22person%22%3A%22%E7%8E%8B%E8%80%81%E4%BA%BA%22%2C%22event%22%3A%22%E6%89%8B%E7%8E%AF%E6%8A%A5%E5%91%8A%E8%B7%8C%E5%80%92%22%2C%22time%22%3A%2208%3A30%22%7D&OutId=h501.c2.case-opened.staff%3Azhang.duty-robot',
          headers: {
            host: 'dysmsapi.aliyuncs.com',
            'x-acs-action': 'SendSms',
            'x-acs-version': '2017-05-25',
            'x-acs-date': '2026-03-01T00:30:01Z',
            'x-acs-signature-nonce': '5181019eeac0bfda2dd88418d3a5886d',
            'x-acs-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
            accept: 'application/json',
            authorization:
              'ACS3-HMAC-SHA256 Credential=LTAI-example-id,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=82e32f52d357e8c66a935ee4a56f4b0d2f455af2e83ee1d9525625002087fc44',
          },
          body: '',
        },
        answers: [
          {
            status: 200,
            body: '{"Code":"OK","Message":"OK","RequestId":"F655A8D5","BizId":"900619746936498440^0"}',
            kind: 'accepted',
          },
          {
            status: 200,
            body: '{"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"触发分钟级流控Permits:1","RequestId":"F655A8D5"}',
            kind: 'retry',
            failure: 'address-limit',
            afterMs: 62000,
          },
          {
            status: 200,
            body: '{"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"触发天级流控Permits:50","RequestId":"F655A8D5"}',
            kind: 'refused',
            failure: 'address-limit',
          },
          {
            status: 200,
            body: '{"Code":"isv.SMS_TEMPLATE_ILLEGAL","Message":"模板不合法","RequestId":"F655A8D5"}',
            kind: 'refused',
            failure: 'channel-misconfigured',
          },
          ...EXAMPLE_ANSWERS,
        ],
      },
    },
    {
      name: 'a number written for people, and an event that has a template of its own',
      config: {
        accessKeyId: 'LTAI-example-id',
        accessKeySecret: 'example-access-key-secret',
        signName: '海棠社区',
        templates: { default: 'SMS_100001', 'case-opened': 'SMS_100002' },
        variables: { place: 'place', event: 'event' },
      },
      notice: { address: '+86 138-0000-0001', id: 'n1' },
      expect: {
        delivery: {
          url: 'https://dysmsapi.aliyuncs.com/?PhoneNumbers=%2B8613800000001&SignName=%E6%B5%B7%E6%A3%A0%E7%A4%BE%E5%8C%BA&TemplateCode=SMS_100002&TemplateParam=%7B%22place%22%3A%223%E5%8F%B7%E6%A5%BC2%E5%8D%95%E5%85%83501%22%2C%22event%22%3A%22%E6%89%8B%E7%8E%AF%E6%8A%A5%E5%91%8A%E8%B7%8C%E5%80%92%22%7D&OutId=n1',
        },
      },
    },
  ],
});
