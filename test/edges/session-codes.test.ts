import { describe, expect, it } from 'vitest';
import { dingtalkAnswer, dingtalkRefusal } from '../../src/notify/sessions/dingtalk-codes.ts';
import { feishuAnswer, feishuRefusal, upgradeRefusal } from '../../src/notify/sessions/feishu-codes.ts';
import { wecomAnswer, wecomRefusal } from '../../src/notify/sessions/wecom-codes.ts';

describe('an answer of WeCom', () => {
  it.each([
    [0, 'ok', 'accepted', undefined],
    [-1, 'system busy', 'retry', 'provider-error'],
    [45009, 'api freq out of limit', 'retry', 'provider-busy'],
    [45033, 'concurrent calls', 'retry', 'provider-busy'],
    [40003, 'invalid userid', 'refused', 'recipient-invalid'],
    [40050, 'chatid not exist', 'refused', 'recipient-invalid'],
    [60111, 'userid not found', 'refused', 'recipient-invalid'],
    [81013, 'all invalid', 'refused', 'recipient-invalid'],
    [86003, 'chatid not exist', 'refused', 'recipient-invalid'],
    [40001, 'invalid credential', 'refused', 'channel-misconfigured'],
    [40058, 'invalid Request Parameter', 'refused', 'channel-misconfigured'],
    [45002, 'content too long', 'refused', 'channel-misconfigured'],
    [48002, 'api forbidden', 'refused', 'channel-misconfigured'],
    [60020, 'not allow to access from your ip', 'refused', 'channel-misconfigured'],
    [93004, 'bot is off', 'refused', 'channel-misconfigured'],
    [853000, 'signature is incorrect', 'refused', 'channel-misconfigured'],
    [846605, 'invalid req_id', 'refused', 'provider-error'],
    [999999, 'never heard of', 'retry', 'provider-error'],
  ])('%i %s is %s: %s', (code, words, kind, failure) => {
    expect(wecomAnswer(code, words, 'task')).toMatchObject(failure ? { kind, failure } : { kind });
  });

  it('that one conversation got too much leaves the others alone, that the bot asks too often does not', () => {
    expect(wecomAnswer(45009, 'api freq out of limit')).toMatchObject({ only: 'address' });
    expect(wecomAnswer(45033, 'concurrent calls')).not.toHaveProperty('only');
  });

  it('that says that the card is there already is an acceptance, of a card alone', () => {
    const words = 'template_card.task_id is repeated';
    expect(wecomAnswer(40058, words, 'task')).toMatchObject({ kind: 'accepted', providerId: 'task' });
    expect(wecomAnswer(40058, words)).toMatchObject({ kind: 'refused' });
    expect(wecomAnswer(40058, 'template_card.task_id', 'task')).toMatchObject({ kind: 'refused' });
  });

  it('to a subscription names why', () => {
    expect([853000, 45009, -1, 1].map(wecomRefusal)).toEqual([
      'refused',
      'too-often',
      'no-answer',
      'refused',
    ]);
  });
});

describe('an answer of DingTalk', () => {
  const answer = (status: number, body: object) => dingtalkAnswer({ status, body: { ...body } }, 'track');

  it.each([
    [403, 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi', 'retry', 'provider-busy'],
    [403, 'Forbidden.AccessDenied.QpsLimitForApi', 'retry', 'provider-busy'],
    [429, 'x', 'retry', 'provider-busy'],
    [400, 'InvalidAuthentication', 'retry', 'provider-error'],
    [403, 'Forbidden.AccessDenied.AccessTokenPermissionDenied', 'refused', 'channel-misconfigured'],
    [400, 'invalidClientIdOrSecret', 'refused', 'channel-misconfigured'],
    [400, 'param.cardTemplateIdEmpty', 'refused', 'channel-misconfigured'],
    [400, 'cardTemplateInvalid', 'refused', 'channel-misconfigured'],
    [400, 'cardInstance.wrong', 'refused', 'channel-misconfigured'],
    [400, 'chatbot.notFound', 'refused', 'channel-misconfigured'],
    [400, 'permission.checkFailed', 'refused', 'channel-misconfigured'],
    [400, 'param.contentUnsafe', 'refused', 'channel-misconfigured'],
    [400, 'param.userIdNotExist', 'refused', 'recipient-invalid'],
    [400, 'userNotExist', 'refused', 'recipient-invalid'],
    [400, 'uidDecryptError', 'refused', 'recipient-invalid'],
    [400, 'cidDecryptError', 'refused', 'recipient-invalid'],
    [400, 'sceneGroupNotFound', 'refused', 'recipient-invalid'],
    [400, 'chatbotNotInstall', 'refused', 'recipient-invalid'],
    [500, 'unknownError', 'retry', 'provider-error'],
    [503, 'ServiceUnavailable', 'retry', 'provider-error'],
  ])('HTTP %i %s is %s: %s', (status, code, kind, failure) => {
    expect(answer(status, { code, message: 'words' })).toMatchObject({ kind, failure });
  });

  it('is an acceptance when the card arrived, or was there already; not when HTTP 200 says no', () => {
    expect(answer(200, { success: true, result: { deliverResults: [{ success: true }] } }).kind).toBe(
      'accepted',
    );
    expect(answer(400, { code: 'param.outTrackIdExist' }).kind).toBe('accepted');
    expect(answer(400, { code: 'param.outTrackIdNotExist' }).kind).toBe('refused');
    expect(answer(200, { success: false }).kind).toBe('retry');
    const refused = {
      success: true,
      result: { deliverResults: [{ success: false, errorMsg: 'no such cid' }] },
    };
    expect(answer(200, refused)).toMatchObject({ kind: 'refused', failure: 'recipient-invalid' });
  });

  it('to a connection names why', () => {
    const why = (status: number, code: string) => dingtalkRefusal({ status, body: { code } });
    expect([why(401, 'authFailed'), why(403, 'a.QpsLimitForApi'), why(502, '')]).toEqual([
      'refused',
      'too-often',
      'no-answer',
    ]);
  });
});

describe('an answer of Feishu', () => {
  const answer = (code: number, status = 400) => feishuAnswer({ status, body: { code, msg: 'words' } });

  it.each([
    [230020, 'retry', 'provider-busy'],
    [99991400, 'retry', 'provider-busy'],
    [230013, 'refused', 'recipient-invalid'],
    [230034, 'refused', 'recipient-invalid'],
    [230053, 'refused', 'refused-by-recipient'],
    [230002, 'refused', 'channel-misconfigured'],
    [230006, 'refused', 'channel-misconfigured'],
    [230025, 'refused', 'channel-misconfigured'],
    [230027, 'refused', 'channel-misconfigured'],
    [230099, 'refused', 'channel-misconfigured'],
    [10014, 'refused', 'channel-misconfigured'],
    [99991672, 'refused', 'channel-misconfigured'],
    [230031, 'refused', 'provider-error'],
    [230011, 'refused', 'provider-error'],
    [99991663, 'retry', 'provider-error'],
    [1, 'retry', 'provider-error'],
  ])('%i is %s: %s', (code, kind, failure) => {
    expect(answer(code)).toMatchObject({ kind, failure });
  });

  it('that one person or group has got enough holds up nobody else', () => {
    expect(answer(230020)).toMatchObject({ only: 'address' });
    expect(answer(99991400)).not.toHaveProperty('only');
  });

  it('is what the code says: HTTP 200 without one is no success', () => {
    const body = { code: 0, data: { message_id: 'om_1' } };
    expect(feishuAnswer({ status: 200, body })).toMatchObject({ kind: 'accepted', providerId: 'om_1' });
    expect(feishuAnswer({ status: 200, body: {} })).toMatchObject({
      kind: 'retry',
      failure: 'provider-error',
    });
    expect(feishuAnswer({ status: 429, body: {} })).toMatchObject({
      kind: 'retry',
      failure: 'provider-busy',
    });
  });

  it('to a connection names why', () => {
    const why = (code: number | undefined, status = 200) => feishuRefusal({ status, body: { code } });
    expect([514, 10014, 1, 1000040343, 1000040350, 99991400, undefined].map((code) => why(code))).toEqual([
      ...['refused', 'refused', 'no-answer', 'no-answer', 'too-many', 'too-often', 'no-answer'],
    ]);
    expect(upgradeRefusal({ 'handshake-status': '403' })).toBe('refused');
    expect(upgradeRefusal({ 'handshake-autherrcode': '1000040350' })).toBe('too-many');
    expect(upgradeRefusal({})).toBe('unreachable');
  });
});
