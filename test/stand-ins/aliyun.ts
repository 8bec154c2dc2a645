import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '../../src/lib/clock.ts';
import { type VendorAnswer, type VendorRequest, VendorServer } from './vendor-server.ts';

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

/** A message that the vendor took. */
export interface AliyunSms {
  readonly bizId: string;
  readonly outId: string;
  readonly number: string;
  /** The template with its variables filled in, after the signature. */
  readonly text: string;
  readonly at: number;
}

/** A call that the vendor took. */
export interface AliyunVoiceCall {
  readonly callId: string;
  readonly number: string;
  readonly said: string;
  /** What is said after each key. */
  readonly keys: Readonly<Record<string, string>>;
  readonly at: number;
}

export interface AliyunAccountSettings {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly signNames: readonly string[];
  /** Approved texts by code: SMS_… and TTS_…, with `${name}` for variables. */
  readonly templates: Readonly<Record<string, string>>;
  readonly numbers: readonly string[];
}

const refusal = (Code: string, Message: string, status = 200): VendorAnswer => ({
  status,
  body: { Code, Message, RequestId: '8906582E-6722-409A-A6C4-0E7863B733A5' },
});

/**
 * A STAND-IN for Alibaba Cloud's SMS (Dysmsapi) and voice (Dyvmsapi), both 2017-05-25, not Alibaba Cloud. It follows what the
 * vendor documents: requests signed with ACS3-HMAC-SHA256, a nonce that serves once, a date of a quarter of an hour, HTTP 200
 * with `Code` in the body, per number 50 messages of one signature and template in 24 hours and 1, 5 and 20 calls in a
 * minute, an hour and 24 hours, approved templates whose variables are all given, 1 to 35 characters, without links and
 * mobile numbers. Its receipts are the bodies of the HTTP batch push.
 */
export class Aliyun extends VendorServer {
  readonly messages: AliyunSms[] = [];
  readonly calls: AliyunVoiceCall[] = [];
  /** Answers given, by code. */
  readonly answers: string[] = [];
  /** Codes to answer next, whatever is asked. */
  readonly troubles: string[] = [];
  readonly #clock: Clock;
  readonly #account: AliyunAccountSettings;
  readonly #nonces = new Set<string>();

  private constructor(clock: Clock, account: AliyunAccountSettings) {
    super();
    this.#clock = clock;
    this.#account = account;
  }

  static async open(clock: Clock, account: AliyunAccountSettings): Promise<Aliyun> {
    const cloud = new Aliyun(clock, account);
    await cloud.listen();
    return cloud;
  }

  protected override answer(request: VendorRequest): VendorAnswer {
    const answer = this.#refusalOf(request) ?? this.#take(request);
    this.answers.push((answer.body as { Code: string }).Code);
    return answer;
  }

  #refusalOf({ url, headers, body }: VendorRequest): VendorAnswer | undefined {
    const { accessKeyId, accessKeySecret } = this.#account;
    const [, id] = /^ACS3-HMAC-SHA256 Credential=([^,]+),/.exec(headers['authorization'] ?? '') ?? [];
    if (id !== accessKeyId)
      return refusal('InvalidAccessKeyId.NotFound', 'Specified access key is not found.', 404);
    if (headers['authorization'] !== signed(url, headers, body, accessKeyId, accessKeySecret))
      return refusal('SignatureDoesNotMatch', 'Specified signature does not match our calculation.', 400);
    if (Math.abs(Date.parse(headers['x-acs-date'] ?? '') - this.#clock.now()) > 15 * MINUTE)
      return refusal('InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.', 400);
    const nonce = headers['x-acs-signature-nonce'] ?? '';
    if (this.#nonces.has(nonce))
      return refusal('SignatureNonceUsed', 'Specified signature nonce was used already.', 400);
    this.#nonces.add(nonce);
    if (headers['x-acs-version'] !== '2017-05-25')
      return refusal('InvalidVersion', 'Specified parameter Version is not valid.', 400);
    const trouble = this.troubles.shift();
    return trouble === undefined ? undefined : refusal(trouble, 'as told');
  }

  #take({ url, headers }: VendorRequest): VendorAnswer {
    const asked = Object.fromEntries(url.searchParams);
    switch (headers['x-acs-action']) {
      case 'SendSms':
        return this.#sms(asked);
      case 'SingleCallByTts':
        return this.#call(asked, asked['TtsCode'], asked['TtsParam']);
      case 'IvrCall':
        return this.#call(asked, asked['StartCode'], asked['StartTtsParams']);
      default:
        return refusal('InvalidAction.NotFound', 'Specified api is not found.', 404);
    }
  }

  #sms(asked: Readonly<Record<string, string>>): VendorAnswer {
    const { PhoneNumbers: number = '', SignName: sign = '', TemplateCode: code = '' } = asked;
    if (!/^(\+?86|0086)?1\d{10}$/.test(number))
      return refusal('isv.MOBILE_NUMBER_ILLEGAL', `${number}invalid mobile number`);
    if (!this.#account.signNames.includes(sign))
      return refusal('isv.SMS_SIGNATURE_ILLEGAL', '该账号下找不到对应签名');
    const text = this.#filled(code, asked['TemplateParam'], 'isv.SMS_TEMPLATE_ILLEGAL');
    if (typeof text !== 'string') return text;
    const at = this.#clock.now();
    const alike = this.messages.filter((one) => one.number === number && one.at > at - DAY);
    if (alike.length >= 50) return refusal('isv.BUSINESS_LIMIT_CONTROL', '触发天级流控Permits:50');
    const bizId = `9006195${this.messages.length}^0`;
    this.messages.push({ bizId, outId: asked['OutId'] ?? '', number, text: `【${sign}】${text}`, at });
    return { status: 200, body: { Code: 'OK', Message: 'OK', BizId: bizId, RequestId: 'F655A8D5' } };
  }

  #call(
    asked: Readonly<Record<string, string>>,
    code: string | undefined,
    parameters: string | undefined,
  ): VendorAnswer {
    const { CalledNumber: number = '', CalledShowNumber: shown, ByeCode: bye } = asked;
    const ivr = 'StartCode' in asked;
    if (!/^(1\d{10}|0\d{9,11})$/.test(number)) return refusal('isv.MOBILE_NUMBER_ILLEGAL', '号码格式非法');
    if (ivr && !this.#account.numbers.includes(shown ?? ''))
      return refusal('isv.DISPLAY_NUMBER_ILLEGAL', '号显不合法');
    const said = this.#filled(code ?? '', parameters, 'isv.TTS_TEMPLATE_ILLEGAL');
    if (typeof said !== 'string') return said;
    if (bye !== undefined && !this.#account.templates[bye])
      return refusal('isv.TTS_TEMPLATE_ILLEGAL', 'TTS模板不合法');
    const keys: Record<string, string> = {};
    for (let i = 1; asked[`MenuKeyMap.${i}.Key`] !== undefined; i++) {
      const after = this.#account.templates[asked[`MenuKeyMap.${i}.Code`] ?? ''];
      if (after === undefined) return refusal('isv.TTS_TEMPLATE_ILLEGAL', 'TTS模板不合法');
      keys[asked[`MenuKeyMap.${i}.Key`] as string] = after;
    }
    if (ivr && Object.keys(keys).length === 0) return refusal('isv.INVALID_PARAMETERS', '参数异常');
    const at = this.#clock.now();
    const within = (ms: number): number =>
      this.calls.filter((one) => one.number === number && one.at > at - ms).length;
    if (within(MINUTE) >= 1) return refusal('isv.BUSINESS_LIMIT_CONTROL', '触发分钟级流控Permits:1');
    if (within(HOUR) >= 5) return refusal('isv.BUSINESS_LIMIT_CONTROL', '触发小时级流控Permits:5');
    if (within(DAY) >= 20) return refusal('isv.BUSINESS_LIMIT_CONTROL', '触发天级流控Permits:20');
    const callId = `1165305${this.calls.length}^1025879${this.calls.length}`;
    this.calls.push({ callId, number, said, keys, at });
    return { status: 200, body: { Code: 'OK', Message: 'OK', CallId: callId, RequestId: 'F655A8D6' } };
  }

  /** The template with its variables, or why not. */
  #filled(code: string, parameters: string | undefined, unknown: string): string | VendorAnswer {
    const template = this.#account.templates[code];
    if (template === undefined) return refusal(unknown, '模板不合法(不存在或被拉黑)');
    let values: Record<string, unknown>;
    try {
      values = JSON.parse(parameters ?? '{}') as Record<string, unknown>;
    } catch {
      return refusal('isv.INVALID_JSON_PARAM', 'JSON参数不合法');
    }
    let problem: VendorAnswer | undefined;
    const text = template.replace(/\$\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      problem ??= problemOf(name, value);
      return String(value);
    });
    return problem ?? text;
  }

  /** The push about a message (SmsReport). */
  smsReport(sms: AliyunSms, errCode = 'DELIVERED'): string {
    const success = errCode === 'DELIVERED';
    return JSON.stringify([
      {
        phone_number: sms.number,
        send_time: beijing(sms.at),
        report_time: beijing(this.#clock.now()),
        success,
        err_code: errCode,
        err_msg: success ? '用户接收成功' : '接收失败',
        sms_size: '1',
        biz_id: sms.bizId,
        out_id: sms.outId,
      },
    ]);
  }

  /** The push while a call goes on, when the person has pressed a key (VoiceCallReport). */
  keyReport(call: AliyunVoiceCall, dtmf: string): string {
    return JSON.stringify([
      {
        status_code: '300000',
        smart_status_code: 'ANSWERED',
        dtmf,
        status_time: beijing(this.#clock.now()),
        out_id: '',
        call_id: call.callId,
      },
    ]);
  }

  /** The push when a call has ended (VoiceReport). */
  callReport(call: AliyunVoiceCall, statusCode: string, dtmf?: string): string {
    const answered = statusCode <= '200001';
    return JSON.stringify([
      {
        status_code: statusCode,
        hangup_direction: '用户',
        callee: call.number,
        duration: answered ? '7' : '0',
        voice_type: 'voice',
        originate_time: beijing(call.at),
        start_time: answered ? beijing(call.at + 5_000) : '',
        end_time: answered ? beijing(this.#clock.now()) : '',
        status_msg: answered ? '用户听完语音' : '呼叫失败',
        out_id: '',
        call_id: call.callId,
        ...(dtmf === undefined ? {} : { dtmf }),
      },
    ]);
  }
}

function problemOf(name: string, value: unknown): VendorAnswer | undefined {
  if (typeof value !== 'string' || value === '')
    return refusal('isv.TEMPLATE_MISSING_PARAMETERS', `模板缺少变量${name}`);
  if ([...value].length > 35) return refusal('isv.PARAM_LENGTH_LIMIT', '参数超出长度限制');
  if (/https?:|\w\.[a-z]{2,}|\d+\.\d+\.\d+\.\d+/i.test(value))
    return refusal('isv.PARAM_NOT_SUPPORT_URL', '变量不支持传入URL');
  if (/1\d{10}|[【】#『』★※→①]/u.test(value))
    return refusal('isv.TEMPLATE_PARAMS_ILLEGAL', '模板变量中存在非法参数');
  return undefined;
}

/** `2017-01-01 00:00:00`, the time of Beijing. */
export const beijing = (at: number): string =>
  new Date(at + 8 * HOUR).toISOString().slice(0, 19).replace('T', ' ');

/** The documented signature, written again, so that it is not the product that says whether the product is right. */
function signed(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  id: string,
  secret: string,
): string {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const encode = (text: string): string =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const query = [...url.searchParams]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
  const names = Object.keys(headers)
    .filter((name) => name.startsWith('x-acs-') || name === 'host' || name === 'content-type')
    .sort();
  const canonical = names.map((name) => `${name}:${headers[name]?.trim()}\n`).join('');
  const request = `POST\n/\n${query}\n${canonical}\n${names.join(';')}\n${sha256(body)}`;
  const signature = createHmac('sha256', secret)
    .update(`ACS3-HMAC-SHA256\n${sha256(request)}`)
    .digest('hex');
  return `ACS3-HMAC-SHA256 Credential=${id},SignedHeaders=${names.join(';')},Signature=${signature}`;
}
