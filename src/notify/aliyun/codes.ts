import type { NoticeFailure } from '../../model/notice.ts';
import { shortAnswer } from '../attempt.ts';
import type { Answer } from '../define.ts';

/** What a code asks for: wait, mend the configuration, or tell somebody else. */
type Meaning = 'busy' | 'fault' | 'configuration' | 'recipient' | 'refusing';

/**
 * What the vendor documents (help.aliyun.com/document_detail/101346.html for SMS, 178344.html and
 * vms/developer-reference/api-dyvmsapi-2017-05-25-errorcodes for voice, and the common errors of its gateway). A code that
 * is not here is told by its family, below.
 */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  // The account, its rights and its money.
  'isv.OUT_OF_SERVICE': 'configuration',
  'isv.AMOUNT_NOT_ENOUGH': 'configuration',
  'isv.AMOUNT_NOT_ENOUG': 'configuration',
  'isv.ACCOUNT_NOT_EXISTS': 'configuration',
  'isv.ACCOUNT_ABNORMAL': 'configuration',
  'isv.SECURITY_FROZEN_ACCOUNT': 'configuration',
  'isv.PRODUCT_UN_SUBSCRIPT': 'configuration',
  'isv.PRODUCT_UNSUBSCRIBE': 'configuration',
  'isv.DENY_IP_RANGE': 'configuration',
  'isv.DAY_LIMIT_CONTROL': 'configuration',
  'isv.MONTH_LIMIT_CONTROL': 'configuration',
  'isv.SMS_OVER_LIMIT': 'configuration',
  'isv.SMS_TEST_NUMBER_LIMIT': 'configuration',
  'isv.SMS_TEST_SIGN_TEMPLATE_LIMIT': 'configuration',
  'isv.BILLID_NOT_EXIST': 'configuration',
  'isp.RAM_PERMISSION_DENY': 'configuration',
  'isp.RES_OWNER_ID_UNKNOWN': 'configuration',
  'isp.USER_NOT_EXIST': 'configuration',
  BillidNotExist: 'configuration',
  'InvalidAccessKeyId.NotFound': 'configuration',
  'InvalidAccessKeyId.Inactive': 'configuration',
  'Forbidden.RAM': 'configuration',
  NoPermission: 'configuration',
  SignatureDoesNotMatch: 'configuration',
  IncompleteSignature: 'configuration',
  InvalidVersion: 'configuration',
  'InvalidAction.NotFound': 'configuration',
  // Signature, template, shown number, and what we fill in.
  'isv.SMS_SIGNATURE_ILLEGAL': 'configuration',
  'isv.SMS_SIGN_ILLEGAL': 'configuration',
  'isv.SIGN_NAME_ILLEGAL': 'configuration',
  'isv.SIGN_STATE_ILLEGAL': 'configuration',
  'isv.SMS_SIGNATURE_SCENE_ILLEGAL': 'configuration',
  'isv.SMS_TEMPLATE_ILLEGAL': 'configuration',
  'isv.TEMPLATE_ILLEGAL': 'configuration',
  'isv.TTS_TEMPLATE_ILLEGAL': 'configuration',
  'isv.VOICE_FILE_ILLEGAL': 'configuration',
  'isv.DISPLAY_NUMBER_ILLEGAL': 'configuration',
  'isv.TEMPLATE_MISSING_PARAMETERS': 'configuration',
  'isv.TEMPLATE_PARAMS_ILLEGAL': 'configuration',
  'isv.INVALID_PARAMETERS': 'configuration',
  'isv.INVALID_JSON_PARAM': 'configuration',
  'isv.PARAM_LENGTH_LIMIT': 'configuration',
  'isv.PARAM_NOT_SUPPORT_URL': 'configuration',
  'isv.BLACK_KEY_CONTROL_LIMIT': 'configuration',
  'isv.SMS_CONTENT_ILLEGAL': 'configuration',
  'isv.UNSUPPORTED_CONTENT': 'configuration',
  'isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE': 'configuration',
  'isv.DOMESTIC_NUMBER_NOT_SUPPORTED': 'configuration',
  'isv.EXTEND_CODE_ERROR': 'configuration',
  'isv.VOICE_ROBOT_NOT_PERIOD': 'configuration',
  'isv.VOICE_CALL_PERIOD_ERROR': 'configuration',
  // Who should get it.
  'isv.MOBILE_NUMBER_ILLEGAL': 'recipient',
  'isv.PHONENUMBERS_OVER_LIMIT': 'recipient',
  'isv.MOBILE_COUNT_OVER_LIMIT': 'recipient',
  'isv.COMPLAINT_REJECT': 'refusing',
  ComplaintReject: 'refusing',
  'isv.CUSTOMER_REFUSED': 'refusing',
  // Theirs, for the moment.
  'isv.VOICE_CALL_FAIL': 'fault',
  'isp.SYSTEM_ERROR': 'fault',
  'isp.GATEWAY_ERROR': 'fault',
  'isp.UNKNOWN': 'fault',
  InternalError: 'fault',
  ServiceUnavailable: 'fault',
  // Another nonce and a later date go with the next try.
  SignatureNonceUsed: 'fault',
  'InvalidTimeStamp.Expired': 'fault',
  Throttling: 'busy',
  'Throttling.User': 'busy',
  'Throttling.Api': 'busy',
};

const REFUSALS: Readonly<Record<'configuration' | 'recipient' | 'refusing', NoticeFailure>> = {
  configuration: 'channel-misconfigured',
  recipient: 'recipient-invalid',
  refusing: 'refused-by-recipient',
};

/** As the gateway limits an account by the second, a short wait is enough. */
const BUSY_MS = 10_000;
/** The number got one within this minute. */
const MINUTE_LIMIT_MS = 62_000;

/** Reads the body of an answer; `idKey` is the name of the id that its receipts will carry. */
export function aliyunAnswer(status: number, body: string, idKey: 'BizId' | 'CallId'): Answer {
  const said = parsed(body);
  const code = said?.['Code'];
  if (typeof code !== 'string') {
    // A proxy's page. Whether it stands before a healthy vendor nobody knows.
    return { kind: 'retry', failure: 'provider-error', detail: `HTTP ${status} ${body.slice(0, 100)}` };
  }
  const detail = shortAnswer(`${code} ${String(said?.['Message'] ?? '')}`);
  if (code === 'OK') {
    const id = said?.[idKey];
    return { kind: 'accepted', detail, ...(typeof id === 'string' && id !== '' ? { providerId: id } : {}) };
  }
  if (code === 'isv.BUSINESS_LIMIT_CONTROL') return limited(detail);
  const meaning = MEANINGS[code] ?? familyOf(code, status);
  if (meaning === 'busy') return { kind: 'retry', failure: 'provider-busy', detail, afterMs: BUSY_MS };
  if (meaning === 'fault') return { kind: 'retry', failure: 'provider-error', detail };
  return { kind: 'refused', failure: REFUSALS[meaning], detail };
}

/**
 * The limit for this number. By the minute: it is tried again; by the hour or the day, or where it does not say: others
 * have to be told now. It says 触发分钟级流控, 触发小时级流控 or 触发天级流控.
 */
function limited(detail: string): Answer {
  return /分钟|minute/i.test(detail)
    ? { kind: 'retry', failure: 'address-limit', detail, afterMs: MINUTE_LIMIT_MS, only: 'address' }
    : { kind: 'refused', failure: 'address-limit', detail };
}

/** `isp` is the vendor's own trouble, `isv` ours. */
function familyOf(code: string, status: number): Meaning {
  if (code.startsWith('Throttling')) return 'busy';
  if (code.startsWith('isp.') || status >= 500) return 'fault';
  return 'configuration';
}

function parsed(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const read: unknown = JSON.parse(body);
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a receipt's `err_code` says of a message that did not arrive (help.aliyun.com/document_detail/101347.html): the
 * codes of the vendor's own list; operators add some thousands of theirs, which are told as they come.
 */
const NOT_DELIVERED: Readonly<Record<string, NoticeFailure>> = {
  INVALID_NUMBER: 'recipient-invalid',
  MOBILE_ACCOUNT_ABNORMAL: 'recipient-invalid',
  MOBILE_NOT_ON_SERVICE: 'not-reached',
  MOBLLE_TERMINAL_ERROR: 'not-reached',
  REQUEST_SUCCESS: 'not-reached',
  MOBILE_SEND_LIMIT: 'address-limit',
  MOBILE_IN_BLACK: 'refused-by-recipient',
  USER_REJECT: 'refused-by-recipient',
  CONTENT_KEYWORD: 'channel-misconfigured',
  CONTENT_ERROR: 'channel-misconfigured',
  SIGNATURE_BLACKLIST: 'channel-misconfigured',
  PORT_NOT_REGISTERED: 'channel-misconfigured',
  PARAMS_ILLEGAL: 'channel-misconfigured',
  NO_ROUTE: 'channel-misconfigured',
  IS_CLOSE: 'provider-error',
  SP_UNKNOWN_ERROR: 'provider-error',
};

/** @param code `err_code` of an SmsReport */
export const smsFailure = (code: string): NoticeFailure => NOT_DELIVERED[code] ?? 'not-reached';

/**
 * How a call ended, by `status_code` of a VoiceReport (help.aliyun.com, vms, operators-receipt-error-code). Answered ones
 * are undefined; a code that is not here did not reach the person.
 */
const CALL_ENDS: Readonly<Record<string, NoticeFailure | undefined>> = {
  '200000': undefined, // heard to the end
  '200001': undefined, // put down before the end
  '200008': undefined, // no key within the time
  '200004': 'recipient-invalid',
  '200011': 'recipient-invalid', // out of service
  '200006': 'channel-misconfigured', // the voice file
  '200104': 'channel-misconfigured', // calling number restricted
  '200117': 'channel-misconfigured', // shown number
  '200118': 'provider-error', // no calls at this hour
  '200121': 'provider-busy', // too many calls at once
};

/** @param code `status_code` of a VoiceReport. Undefined: somebody answered. */
export const callFailure = (code: string): NoticeFailure | undefined =>
  code in CALL_ENDS ? CALL_ENDS[code] : 'not-reached';
