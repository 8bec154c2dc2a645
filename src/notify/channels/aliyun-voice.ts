import { z } from 'zod';
import { DAY, HOUR, MINUTE, SECOND } from '../../lib/clock.ts';
import type { Notice } from '../../model/notice.ts';
import { accountKeys, PUSH_ANSWER, variableNames, variablesJson } from '../aliyun/account.ts';
import { aliyunAnswer } from '../aliyun/codes.ts';
import { EXAMPLE_ANSWERS } from '../aliyun/example-answers.ts';
import { type AliyunCall, aliyunRequest } from '../aliyun/request.ts';
import { voiceReply } from '../aliyun/voice-reports.ts';
import { defineChannel } from '../define.ts';
import { messageVariables } from '../message-variables.ts';
import { numberKey, phoneNumber, readReports, receiptToken } from '../phone.ts';
import { byEvent, forEvent } from '../templates.ts';

const template = z.string().regex(/^TTS_\d+$/, 'TTS_ and digits');
const key = z.string().regex(/^\d$/, 'one digit');

const call = z.strictObject({
  start: template.meta({ title: 'What is said', description: 'with the variables' }),
  acknowledged: template.optional().meta({
    title: 'What is said after the key that acknowledges',
    description: 'absent: the call only says, no key is asked for',
  }),
  declined: template.optional().meta({ title: 'What is said after the key of those who cannot come' }),
  bye: template.optional().meta({ title: 'What is said at the end' }),
});

const config = z
  .strictObject({
    ...accountKeys,
    shownNumber: z
      .string()
      .regex(/^\d{5,20}$/, 'digits')
      .optional()
      .meta({
        title: 'Calling number',
        description: 'bought from the vendor; needed where a key is asked for',
      }),
    calls: byEvent(call).meta({
      title: 'Templates',
      description:
        'approved text-to-speech templates for each event, `default` for all others: `start` with the variables; where a key is asked for, `acknowledged` and perhaps `declined` and `bye`, without',
    }),
    variables: variableNames,
    acknowledgeKey: key.default('1').meta({ title: 'Key that acknowledges' }),
    declineKey: key.default('2').meta({
      title: 'Key of those who cannot come',
      description: 'of a resident who is asked: that they need help',
    }),
    playTimes: z
      .number()
      .int()
      .min(1)
      .max(3)
      .default(3)
      .meta({ title: 'Said so often until a key is pressed' }),
    waitForKeyS: z.number().int().min(3).max(30).default(8).meta({ title: 'Seconds to press a key' }),
    perNumberHourMax: z.number().int().min(1).max(100).default(4).meta({
      title: 'Calls to one number an hour',
      description: 'the vendor takes 5, unless it has agreed to more; failed ones count',
    }),
    perNumberDayMax: z.number().int().min(1).max(1000).default(18).meta({
      title: 'Calls to one number a day',
      description: 'the vendor takes 20 in any 24 hours',
    }),
    receiptToken,
    origin: z
      .url({ protocol: /^https?$/ })
      .default('https://dyvmsapi.aliyuncs.com')
      .meta({ title: 'Origin' }),
  })
  .refine(
    ({ shownNumber, calls }) =>
      shownNumber !== undefined || Object.values(calls).every((one) => one?.acknowledged === undefined),
    { error: 'needed where a key acknowledges (`acknowledged`)', path: ['shownNumber'] },
  )
  .refine(({ acknowledgeKey, declineKey }) => acknowledgeKey !== declineKey, {
    error: 'must not be the key that acknowledges',
    path: ['declineKey'],
  });
type Config = z.output<typeof config>;

/** With a menu where a key is asked for, else a voice that only says. Their receipts find the notice by the CallId. */
function callOf(notice: Notice, settings: Config, said: string): Pick<AliyunCall, 'action' | 'parameters'> {
  const { start, acknowledged, declined, bye } = forEvent(settings.calls, notice);
  const to = { CalledShowNumber: settings.shownNumber, CalledNumber: phoneNumber(notice.address) };
  if (acknowledged === undefined) {
    const { playTimes } = settings;
    return {
      action: 'SingleCallByTts',
      parameters: { ...to, TtsCode: start, TtsParam: said, PlayTimes: playTimes },
    };
  }
  const keys = [
    { Key: settings.acknowledgeKey, Code: acknowledged },
    ...(declined === undefined ? [] : [{ Key: settings.declineKey, Code: declined }]),
  ];
  return {
    action: 'IvrCall',
    parameters: {
      ...to,
      StartCode: start,
      StartTtsParams: said,
      MenuKeyMap: keys,
      PlayTimes: settings.playTimes,
      Timeout: settings.waitForKeyS * SECOND,
      ByeCode: bye,
    },
  };
}

export default defineChannel<Config>({
  channel: 'aliyun-voice',
  title: { zh: '阿里云语音电话', en: 'Telephone call by Alibaba Cloud' },
  summary: {
    zh: '拨打电话并播报已审核的模板；接听后按 1 接手事项，按 2 表示去不了（询问老人时：1 没事，2 需要帮助）。同一号码每分钟 1 次、每小时 5 次、每 24 小时 20 次，失败也计数。仅限企业用户。',
    en: 'Calls and says an approved text; pressing 1 acknowledges, 2 says that one cannot come (of a resident who is asked: all is well, help is needed). The vendor takes for one number 1 call a minute, 5 an hour and 20 in 24 hours, failed ones too, from companies only.',
  },
  config,
  perMinuteMax: 300,
  digests: false,
  addressKey: numberKey,
  perAddress: ({ perNumberHourMax, perNumberDayMax }) => [
    { windowMs: 61 * SECOND, max: 1 },
    { windowMs: HOUR + MINUTE, max: perNumberHourMax },
    { windowMs: DAY + MINUTE, max: perNumberDayMax },
  ],
  deliver(notice, settings, { now, locale }) {
    const said = variablesJson(messageVariables(notice, locale), settings.variables);
    const made = callOf(notice, settings, said);
    return aliyunRequest(settings, { ...made, version: '2017-05-25', nonce: notice.id, now });
  },
  answer: (status, body) => aliyunAnswer(status, body, 'CallId'),
  receipts(request, { receiptToken: token, acknowledgeKey: acknowledge, declineKey, calls }, now) {
    const asksFor = Object.values(calls).some((one) => one?.declined !== undefined);
    const keys = { acknowledge, decline: asksFor ? declineKey : undefined };
    return readReports(request, token, (report) => voiceReply(report, keys, now), PUSH_ANSWER);
  },
  examples: [
    {
      name: 'a fall, with the key that acknowledges',
      config: {
        accessKeyId: 'LTAI-example-id',
        accessKeySecret: 'example-access-key-secret',
        shownNumber: '05710000001',
        calls: {
          default: {
            start: 'TTS_200001',
            acknowledged: 'TTS_200002',
            declined: 'TTS_200003',
            bye: 'TTS_200004',
          },
        },
      },
      expect: {
        delivery: {
          transport: 'http',
          url: 'https://dyvmsapi.aliyuncs.com/?CalledShowNumber=05710000001&CalledNumber=13800000001&StartCode=TTS_200001&StartTtsParams=%7B%22community%22%3A%22%E6%B5%B7%E6%A3%A0%E7%A4%BE%E5%8C%BA%22%2C%22place%22%3A%223%E5%8F%B7%E6%A5%BC2%E5%8D%95%E5%85%83501%22%2C%22person%22%3A%22%E7%8E%8B%E8%80%81%E4%BA%BA%22%2C%22event%22%3A%22%E6%89%8B%E7%8E%AF%E6%8A%A5%E5%91%8A%E8%B7%8C%E5%80%92%22%2C%22time%22%3A%2208%3A30%22%7D&MenuKeyMap.1.Key=1&MenuKeyMap.1.Code=TTS_200002&MenuKeyMap.2.Key=2&MenuKeyMap.2.Code=TTS_200003&PlayTimes=3&Timeout=8000&ByeCode=TTS_200004',
        },
        answers: [
          {
            status: 200,
            body: '{"Code":"OK","Message":"OK","RequestId":"F655A8D5","CallId":"116530500000^102587900000"}',
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
            body: '{"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"触发小时级流控Permits:5","RequestId":"F655A8D5"}',
            kind: 'refused',
            failure: 'address-limit',
          },
          {
            status: 400,
            body: '{"Code":"ComplaintReject","Message":"The call has been blocked due to complaints.","RequestId":"F655A8D5"}',
            kind: 'refused',
            failure: 'refused-by-recipient',
          },
          {
            status: 200,
            body: '{"Code":"isv.TTS_TEMPLATE_ILLEGAL","Message":"TTS模板不合法","RequestId":"F655A8D5"}',
            kind: 'refused',
            failure: 'channel-misconfigured',
          },
          {
            status: 200,
            body: '{"Code":"isv.DISPLAY_NUMBER_ILLEGAL","Message":"号显不合法","RequestId":"F655A8D5"}',
            kind: 'refused',
            failure: 'channel-misconfigured',
          },
          ...EXAMPLE_ANSWERS,
        ],
      },
    },
    {
      name: 'without a key it only says, and needs no number of its own',
      config: {
        accessKeyId: 'LTAI-example-id',
        accessKeySecret: 'example-access-key-secret',
        calls: { default: { start: 'TTS_200001' } },
      },
      expect: {
        delivery: {
          url: 'https://dyvmsapi.aliyuncs.com/?CalledNumber=13800000001&TtsCode=TTS_200001&TtsParam=%7B%22community%22%3A%22%E6%B5%B7%E6%A3%A0%E7%A4%BE%E5%8C%BA%22%2C%22place%22%3A%223%E5%8F%B7%E6%A5%BC2%E5%8D%95%E5%85%83501%22%2C%22person%22%3A%22%E7%8E%8B%E8%80%81%E4%BA%BA%22%2C%22event%22%3A%22%E6%89%8B%E7%8E%AF%E6%8A%A5%E5%91%8A%E8%B7%8C%E5%80%92%22%2C%22time%22%3A%2208%3A30%22%7D&PlayTimes=3',
        },
      },
    },
  ],
});
