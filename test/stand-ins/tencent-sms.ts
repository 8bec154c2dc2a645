import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '../../src/lib/clock.ts';
import { beijing } from './aliyun.ts';
import { type VendorAnswer, type VendorRequest, VendorServer } from './vendor-server.ts';

/** A message that the vendor took. */
export interface TencentMessage {
  readonly serialNo: string;
  readonly session: string;
  readonly number: string;
  readonly text: string;
  readonly at: number;
}

export interface TencentAccountSettings {
  readonly secretId: string;
  readonly secretKey: string;
  readonly sdkAppId: string;
  readonly signNames: readonly string[];
  /** Approved texts by id, with `{1}`, `{2}` … for variables. */
  readonly templates: Readonly<Record<string, string>>;
}

interface Asked {
  readonly PhoneNumberSet: readonly string[];
  readonly SmsSdkAppId: string;
  readonly SignName: string;
  readonly TemplateId: string;
  readonly TemplateParamSet: readonly string[];
  readonly SessionContext?: string;
}

interface SendStatus {
  readonly Code: string;
  readonly [key: string]: unknown;
}

/**
 * A STAND-IN for Tencent Cloud SMS 2021-01-11, not Tencent Cloud. It follows what the vendor documents: SendSms signed with
 * TC3-HMAC-SHA256 and a timestamp of five minutes, `Response.Error` for the request and `SendStatusSet[].Code` for each number,
 * one message of the same words to a number in 30 seconds and 10 in a day, approved templates with all variables given.
 */
export class TencentSms extends VendorServer {
  readonly messages: TencentMessage[] = [];
  /** Answers given, by code. */
  readonly answers: string[] = [];
  readonly #clock: Clock;
  readonly #account: TencentAccountSettings;

  private constructor(clock: Clock, account: TencentAccountSettings) {
    super();
    this.#clock = clock;
    this.#account = account;
  }

  static async open(clock: Clock, account: TencentAccountSettings): Promise<TencentSms> {
    const cloud = new TencentSms(clock, account);
    await cloud.listen();
    return cloud;
  }

  protected override answer(request: VendorRequest): VendorAnswer {
    const refused = this.#refusalOf(request);
    if (refused !== undefined) {
      this.answers.push(refused);
      const Response = { Error: { Code: refused, Message: 'refused' }, RequestId: 'a0aabda6' };
      return { status: 200, body: { Response } };
    }
    const asked = JSON.parse(request.body) as Asked;
    const SendStatusSet = asked.PhoneNumberSet.map((number) => this.#send(number, asked));
    this.answers.push(...SendStatusSet.map(({ Code }) => Code));
    return { status: 200, body: { Response: { SendStatusSet, RequestId: 'a0aabda6' } } };
  }

  #refusalOf({ headers, body }: VendorRequest): string | undefined {
    const authorization = headers['authorization'] ?? '';
    const [, id] = /^TC3-HMAC-SHA256 Credential=([^/]+)\//.exec(authorization) ?? [];
    if (id !== this.#account.secretId) return 'AuthFailure.SecretIdNotFound';
    const timestamp = Number(headers['x-tc-timestamp']);
    if (Math.abs(timestamp * 1000 - this.#clock.now()) > 300_000) return 'AuthFailure.SignatureExpire';
    if (authorization !== signed(headers, body, timestamp, this.#account))
      return 'AuthFailure.SignatureFailure';
    if (headers['x-tc-action'] !== 'SendSms') return 'InvalidAction';
    if (headers['x-tc-version'] !== '2021-01-11') return 'NoSuchVersion';
    if ((headers['x-tc-region'] ?? '') === '') return 'MissingParameter';
    return undefined;
  }

  #send(number: string, asked: Asked): SendStatus {
    const refused = (Code: string): SendStatus => ({
      SerialNo: '',
      PhoneNumber: number,
      Fee: 0,
      SessionContext: asked.SessionContext ?? '',
      Code,
      Message: 'refused',
      IsoCode: '',
    });
    if (!/^(\+86|0086|86)?1\d{10}$/.test(number))
      return refused('InvalidParameterValue.IncorrectPhoneNumber');
    if (asked.SmsSdkAppId !== this.#account.sdkAppId)
      return refused('UnauthorizedOperation.SmsSdkAppIdVerifyFail');
    if (!this.#account.signNames.includes(asked.SignName))
      return refused('FailedOperation.SignatureIncorrectOrUnapproved');
    const template = this.#account.templates[asked.TemplateId];
    if (template === undefined) return refused('FailedOperation.TemplateUnapprovedOrNotExist');
    const blanks = template.match(/\{\d\}/g) ?? [];
    if (blanks.length !== asked.TemplateParamSet.length)
      return refused('FailedOperation.TemplateParamSetNotMatchApprovedTemplate');
    if (asked.TemplateParamSet.some((value) => /https?:|\w\.[a-z]{2,}/i.test(value)))
      return refused('InvalidParameterValue.ProhibitedUseUrlInTemplateParameter');
    const text = `【${asked.SignName}】${template.replace(/\{(\d)\}/g, (_, n: string) => asked.TemplateParamSet[Number(n) - 1] ?? '')}`;
    const at = this.#clock.now();
    const earlier = this.messages.filter((one) => one.number === number);
    if (earlier.some((one) => one.text === text && one.at > at - 30_000))
      return refused('LimitExceeded.PhoneNumberThirtySecondLimit');
    if (earlier.filter((one) => one.at > at - 86_400_000).length >= 10)
      return refused('LimitExceeded.PhoneNumberDailyLimit');
    const serialNo = `5000:1045710669157053657849${499 + this.messages.length}`;
    this.messages.push({ serialNo, session: asked.SessionContext ?? '', number, text, at });
    return {
      ...refused('Ok'),
      SerialNo: serialNo,
      Fee: 1,
      Message: 'send success',
      IsoCode: 'CN',
    };
  }

  /** The push about a message. */
  report(message: TencentMessage, errmsg = 'DELIVRD', description = '用户短信送达成功'): string {
    return JSON.stringify([
      {
        user_receive_time: beijing(this.#clock.now()),
        nationcode: '86',
        mobile: message.number,
        report_status: errmsg === 'DELIVRD' ? 'SUCCESS' : 'FAIL',
        errmsg,
        description,
        sid: message.serialNo,
      },
    ]);
  }
}

/** The documented signature, written again. */
function signed(
  headers: Readonly<Record<string, string>>,
  body: string,
  timestamp: number,
  { secretId, secretKey }: TencentAccountSettings,
): string {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, text: string): Buffer =>
    createHmac('sha256', key).update(text).digest();
  const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
  const canonical = `content-type:${headers['content-type']}\nhost:${headers['host']}\n`;
  const request = `POST\n/\n\n${canonical}\ncontent-type;host\n${sha256(body)}`;
  const scope = `${date}/sms/tc3_request`;
  const text = `TC3-HMAC-SHA256\n${timestamp}\n${scope}\n${sha256(request)}`;
  const key = hmac(hmac(hmac(`TC3${secretKey}`, date), 'sms'), 'tc3_request');
  const signature = hmac(key, text).toString('hex');
  return `TC3-HMAC-SHA256 Credential=${secretId}/${scope}, SignedHeaders=content-type;host, Signature=${signature}`;
}
