import { z } from 'zod';
import { DAY, MINUTE, SECOND } from '../../lib/clock.ts';
import { defineChannel } from '../define.ts';
import { messageVariables, USUAL_VARIABLES, VARIABLES } from '../message-variables.ts';
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
import { receiptFailure, tencentAnswer } from '../tencent/codes.ts';
import { tencent } from '../vendor-signing.ts';

const config = z.strictObject({
  secretId: z
    .string()
    .min(8)
    .max(100)
    .meta({ title: 'SecretId', description: 'of a sub-account for SMS only' }),
  secretKey: z.string().min(8).max(100).meta({ title: 'SecretKey', secret: true }),
  sdkAppId: z
    .string()
    .regex(/^\d{5,15}$/, 'digits')
    .meta({ title: 'SdkAppId', description: 'of the SMS application' }),
  signName: z
    .string()
    .min(2)
    .max(30)
    .meta({ title: 'Signature', description: 'its words as they were approved' }),
  templates: byEvent(z.string().regex(/^\d+$/, 'digits')).meta({
    title: 'Templates',
    description: 'the id of the approved template for each event; `default` for all others',
  }),
  order: z
    .array(z.enum(VARIABLES))
    .max(VARIABLES.length)
    .default([...USUAL_VARIABLES])
    .meta({ title: 'Variables', description: 'what stands for {1}, {2} … in the templates, all of them' }),
  region: z.string().min(3).max(30).default('ap-guangzhou').meta({ title: 'Region' }),
  perNumberDayMax: z.number().int().min(1).max(1000).default(9).meta({
    title: 'Messages to one number a day',
    description: 'the vendor takes some 10, unless a company sets more in its console; then say so here',
  }),
  receiptToken,
  origin: z
    .url({ protocol: /^https?$/ })
    .default('https://sms.tencentcloudapi.com')
    .meta({ title: 'Origin' }),
});
type Config = z.output<typeof config>;

/** It comes back in the answer and must be shorter than 512 bytes (document/api/382/55981). */
const SESSION_BYTES_MAX = 511;
const CONTENT_TYPE = 'application/json';

/** A status report (document/product/382/43547), by the serial number of the answer. */
function reportReply(report: Report, now: number): BareReply | undefined {
  const providerId = textOf(report['sid']);
  if (providerId === '') return undefined;
  const at = beijingTime(report['user_receive_time'], now);
  const about = { providerId };
  if (report['report_status'] === 'SUCCESS') return { kind: 'delivered', at, about };
  const words = textOf(report['description']);
  const detail = `${textOf(report['errmsg'])} ${words}`.trim();
  return { kind: 'undelivered', at, about, failure: receiptFailure(words), detail };
}

export default defineChannel<Config>({
  channel: 'tencent-sms',
  title: { zh: '腾讯云短信', en: 'SMS by Tencent Cloud' },
  summary: {
    zh: '用已审核的模板发送短信，变量为社区、楼栋单元、姓氏、事件、时间，不含链接和电话。同一号码 30 秒内 1 条、每天约 10 条（企业可调）；短信不能接手事项。',
    en: 'SMS by an approved template whose variables are community, place, surname, event and time; never a link or a number. The vendor takes one for a number in 30 seconds and some 10 a day, more if a company sets it so. Nobody can acknowledge by it.',
  },
  config,
  perMinuteMax: 600,
  addressKey: numberKey,
  perAddress: ({ perNumberDayMax }) => [
    { windowMs: 31 * SECOND, max: 1 },
    { windowMs: DAY + MINUTE, max: perNumberDayMax },
  ],
  deliver(notice, settings, { now, locale }) {
    const values = messageVariables(notice, locale);
    const body = JSON.stringify({
      PhoneNumberSet: [phoneNumber(notice.address)],
      SmsSdkAppId: settings.sdkAppId,
      SignName: settings.signName,
      TemplateId: forEvent(settings.templates, notice),
      TemplateParamSet: settings.order.map((variable) => values[variable]),
      ...(Buffer.byteLength(notice.id) <= SESSION_BYTES_MAX ? { SessionContext: notice.id } : {}),
    });
    return {
      transport: 'http',
      method: 'POST',
      url: `${new URL(settings.origin).origin}/`,
      headers: tencentHeaders(settings, body, now),
      body,
      allowPrivate: true,
    };
  },
  answer: tencentAnswer,
  receipts: (request, { receiptToken: token }, now) =>
    readReports(request, token, (report) => reportReply(report, now), { result: 0, errmsg: 'OK' }),
  examples: [
    {
      name: 'a fall, by the template',
      config: {
        secretId: 'AKID-example-id',
        secretKey: 'example-secret-key',
        sdkAppId: '1400006666',
        signName: '海棠社区',
        templates: { default: '1110' },
      },
      expect: {
        delivery: {
          transport: 'http',
          url: 'https://sms.tencentcloudapi.com/',
          headers: {
            host: 'sms.tencentcloudapi.com',
            'content-type': 'application/json',
            'x-tc-action': 'SendSms',
            'x-tc-version': '2021-01-11',
            'x-tc-region': 'ap-guangzhou',
            'x-tc-timestamp': '1772325001',
            authorization:
              'TC3-HMAC-SHA256 Credential=AKID-example-id/2026-03-01/sms/tc3_request, SignedHeaders=content-type;host, Signature=87b799f130163366c391533b421a7553ead0800f78b2d5ad7e36174fd15912f3',
          },
          body: JSON.stringify({
            PhoneNumberSet: ['13800000001'],
            SmsSdkAppId: '1400006666',
            SignName: '海棠社区',
            TemplateId: '1110',
            TemplateParamSet: ['海棠社区', '3号楼2单元501', '王老人', '手环报告跌倒', '08:30'],
            SessionContext: 'h501.c2.case-opened.staff:zhang.duty-robot',
          }),
        },
        answers: [
          {
            status: 200,
            body: '{"Response":{"SendStatusSet":[{"SerialNo":"5000:1045710669157053657849499619","PhoneNumber":"+8613800000001","Fee":0,"SessionContext":"","Code":"Ok","Message":"","IsoCode":""}],"RequestId":"a0aabda6"}}',
            kind: 'accepted',
          },
          {
            status: 200,
            body: '{"Response":{"SendStatusSet":[{"SerialNo":"","PhoneNumber":"+8613800000001","Fee":0,"SessionContext":"","Code":"LimitExceeded.PhoneNumberThirtySecondLimit","Message":"","IsoCode":""}],"RequestId":"a0aabda6"}}',
            kind: 'retry',
            failure: 'address-limit',
            afterMs: 31000,
          },
          {
            status: 200,
            body: '{"Response":{"SendStatusSet":[{"SerialNo":"","PhoneNumber":"+8613800000001","Fee":0,"SessionContext":"","Code":"LimitExceeded.PhoneNumberDailyLimit","Message":"","IsoCode":""}],"RequestId":"a0aabda6"}}',
            kind: 'refused',
            failure: 'address-limit',
          },
          {
            status: 200,
            body: '{"Response":{"SendStatusSet":[{"SerialNo":"","PhoneNumber":"+8613800000001","Fee":0,"SessionContext":"","Code":"FailedOperation.PhoneNumberInBlacklist","Message":"","IsoCode":""}],"RequestId":"a0aabda6"}}',
            kind: 'refused',
            failure: 'refused-by-recipient',
          },
          {
            status: 200,
            body: '{"Response":{"SendStatusSet":[{"SerialNo":"","PhoneNumber":"+8613800000001","Fee":0,"SessionContext":"","Code":"InvalidParameterValue.IncorrectPhoneNumber","Message":"","IsoCode":""}],"RequestId":"a0aabda6"}}',
            kind: 'refused',
            failure: 'recipient-invalid',
          },
          {
            status: 200,
            body: '{"Response":{"SendStatusSet":[{"SerialNo":"","PhoneNumber":"+8613800000001","Fee":0,"SessionContext":"","Code":"FailedOperation.TemplateUnapprovedOrNotExist","Message":"","IsoCode":""}],"RequestId":"a0aabda6"}}',
            kind: 'refused',
            failure: 'channel-misconfigured',
          },
          {
            status: 200,
            body: '{"Response":{"SendStatusSet":[{"SerialNo":"","PhoneNumber":"+8613800000001","Fee":0,"SessionContext":"","Code":"InternalError.Timeout","Message":"","IsoCode":""}],"RequestId":"a0aabda6"}}',
            kind: 'retry',
            failure: 'provider-error',
          },
          {
            status: 200,
            body: '{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":""},"RequestId":"a0aabda6"}}',
            kind: 'refused',
            failure: 'channel-misconfigured',
          },
          {
            status: 200,
            body: '{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":""},"RequestId":"a0aabda6"}}',
            kind: 'retry',
            failure: 'provider-error',
          },
          {
            status: 200,
            body: '{"Response":{"Error":{"Code":"RequestLimitExceeded.IPLimitExceeded","Message":""},"RequestId":"a0aabda6"}}',
            kind: 'retry',
            failure: 'provider-busy',
            afterMs: 10000,
          },
          {
            status: 200,
            body: '{"Response":{"SendStatusSet":[],"RequestId":"a0aabda6"}}',
            kind: 'retry',
            failure: 'provider-error',
          },
          {
            status: 503,
            body: '<html>',
            kind: 'retry',
            failure: 'provider-error',
          },
        ],
      },
    },
  ],
});

/** Signed by the vendor's own function (document/api/382/38768); its SDK would own the socket and the time-out too. */
function tencentHeaders(settings: Config, body: string, now: number): Readonly<Record<string, string>> {
  const { secretId, secretKey, region } = settings;
  const { hostname } = new URL(settings.origin);
  const timestamp = Math.floor(now / 1000);
  const authorization = tencent.sign3({
    method: 'POST',
    url: `https://${hostname}/`,
    payload: Buffer.from(body),
    timestamp,
    service: 'sms',
    secretId,
    secretKey,
    multipart: false,
    boundary: '',
    headers: { 'Content-Type': CONTENT_TYPE },
  });
  return {
    host: hostname,
    'content-type': CONTENT_TYPE,
    'x-tc-action': 'SendSms',
    'x-tc-version': '2021-01-11',
    'x-tc-region': region,
    'x-tc-timestamp': String(timestamp),
    authorization,
  };
}
