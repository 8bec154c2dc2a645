import type { NoticeFailure } from '../../model/notice.ts';
import { shortAnswer } from '../attempt.ts';
import type { Answer } from '../define.ts';

type Meaning = Answer extends infer A ? (A extends Answer ? Omit<A, 'detail'> : never) : never;

const CONFIGURATION: Meaning = { kind: 'refused', failure: 'channel-misconfigured' };
const FAULT: Meaning = { kind: 'retry', failure: 'provider-error' };
const BUSY: Meaning = { kind: 'retry', failure: 'provider-busy', afterMs: 10_000 };
const ENOUGH: Meaning = { kind: 'refused', failure: 'address-limit' };
const RECIPIENT: Meaning = { kind: 'refused', failure: 'recipient-invalid' };

/**
 * What differs from its family, below (cloud.tencent.com/document/api/382/59177 for a number, 382/52075 for a request).
 */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  'InvalidParameterValue.IncorrectPhoneNumber': RECIPIENT,
  'MissingParameter.EmptyPhoneNumberSet': RECIPIENT,
  'FailedOperation.PhoneNumberInBlacklist': { kind: 'refused', failure: 'refused-by-recipient' },
  'FailedOperation.FailResolvePacket': CONFIGURATION,
  'LimitExceeded.PhoneNumberThirtySecondLimit': {
    kind: 'retry',
    failure: 'address-limit',
    afterMs: 31_000,
    only: 'address',
  },
  'LimitExceeded.PhoneNumberOneHourLimit': ENOUGH,
  'LimitExceeded.PhoneNumberDailyLimit': ENOUGH,
  'LimitExceeded.PhoneNumberSameContentDailyLimit': ENOUGH,
  'LimitExceeded.DeliveryFrequencyLimit': ENOUGH,
  // The account's own limits, set in the console; other limits are of the moment.
  'LimitExceeded.AppDailyLimit': CONFIGURATION,
  'LimitExceeded.AppMainlandChinaDailyLimit': CONFIGURATION,
  'LimitExceeded.AppGlobalDailyLimit': CONFIGURATION,
  'LimitExceeded.AppCountryOrRegionDailyLimit': CONFIGURATION,
  'LimitExceeded.AppCountryOrRegionInBlacklist': CONFIGURATION,
  'LimitExceeded.DailyLimit': CONFIGURATION,
  'LimitExceeded.PhoneNumberCountLimit': CONFIGURATION,
  // The signature of the request, as the SMS product itself checks it.
  'InternalError.SigFieldMissing': CONFIGURATION,
  'InternalError.SigVerificationFail': CONFIGURATION,
  'InternalError.RestApiInterfaceNotExist': CONFIGURATION,
  // Another timestamp goes with the next try.
  'AuthFailure.SignatureExpire': FAULT,
  'InternalError.RequestTimeException': FAULT,
};

/** The word before the dot. Whatever else is in it is ours: parameters, rights, money, an operation that cannot succeed. */
const FAMILIES: Readonly<Record<string, Meaning>> = {
  InternalError: FAULT,
  ServiceUnavailable: FAULT,
  ResourceUnavailable: FAULT,
  RequestLimitExceeded: BUSY,
  LimitExceeded: BUSY,
};

/** The answer to SendSms for one number. */
export function tencentAnswer(status: number, body: string): Answer {
  const said = responseOf(body);
  const [first] = said?.SendStatusSet ?? [];
  const { Code: code, Message: words = '' } = said?.Error ?? first ?? {};
  if (typeof code !== 'string')
    return { kind: 'retry', failure: 'provider-error', detail: `HTTP ${status} ${body.slice(0, 100)}` };
  const detail = shortAnswer(`${code} ${words}`);
  if (!said?.Error && code === 'Ok') {
    const id = first?.SerialNo;
    return { kind: 'accepted', detail, ...(typeof id === 'string' && id !== '' ? { providerId: id } : {}) };
  }
  const meaning = MEANINGS[code] ?? FAMILIES[code.split('.')[0] ?? ''] ?? CONFIGURATION;
  return { ...meaning, detail } as Answer;
}

interface Said {
  readonly Code?: unknown;
  readonly Message?: unknown;
  readonly SerialNo?: unknown;
}

function responseOf(
  body: string,
): { readonly Error?: Said; readonly SendStatusSet?: readonly Said[] } | undefined {
  try {
    return (JSON.parse(body) as { Response?: { Error?: Said; SendStatusSet?: Said[] } } | null)?.Response;
  } catch {
    return undefined;
  }
}

/**
 * What a receipt of a message that did not arrive says: its `description` tells, `errmsg` is the operator's own code, of
 * which there are hundreds (cloud.tencent.com/document/product/382/3771).
 */
export function receiptFailure(description: string): NoticeFailure {
  if (/黑名单|免打扰|退订|blocklist|blacklist/i.test(description)) return 'refused-by-recipient';
  if (/空号|号码错误|不存在|invalid number|empty number/i.test(description)) return 'recipient-invalid';
  if (/关键字|敏感|签名|模板|keyword|sensitive|signature/i.test(description)) return 'channel-misconfigured';
  if (/频率|超频|上限|frequency|limit/i.test(description)) return 'address-limit';
  return 'not-reached';
}
