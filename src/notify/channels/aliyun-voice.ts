import { z } from 'zod';
import { DAY, HOUR, MINUTE, SECOND } from '../../lib/clock.ts';
import type { Notice } from '../../model/notice.ts';
import { accountKeys, PUSH_ANSWER, variableNames, variablesJson } from '../aliyun/account.ts';
import { aliyunAnswer } from '../aliyun/codes.ts';
import { type AliyunCall, aliyunRequest } from '../aliyun/request.ts';
import { voiceReply } from '../aliyun/voice-reports.ts';
import { defineChannel } from '../define.ts';
import { messageVariables } from '../message-variables.ts';
import { phoneNumber, readReports, receiptToken } from '../phone.ts';
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
      description: 'the approved text-to-speech templates for each event; `default` for all others',
    }),
    variables: variableNames,
    acknowledgeKey: key.default('1').meta({ title: 'Key that acknowledges' }),
    declineKey: key.default('2').meta({ title: 'Key of those who cannot come' }),
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
    zh: '拨打电话并播报已审核的模板；接听后按 1 接手事项。同一号码每分钟 1 次、每小时 5 次、每 24 小时 20 次，失败也计数。仅限企业用户。',
    en: 'Calls and says an approved text; pressing 1 acknowledges. The vendor takes for one number 1 call a minute, 5 an hour and 20 in 24 hours, failed ones too, from companies only.',
  },
  config,
  perMinuteMax: 300,
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
  receipts: (request, { receiptToken: token, acknowledgeKey }, now) =>
    readReports(request, token, (report) => voiceReply(report, acknowledgeKey, now), PUSH_ANSWER),
  examples: [],
});
