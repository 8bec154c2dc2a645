import type { ChannelExample } from '../define.ts';

/** Answers that both channels of Alibaba Cloud read alike. */
export const EXAMPLE_ANSWERS: NonNullable<ChannelExample<unknown>['expect']['answers']> = [
  {
    status: 200,
    body: '{"Code":"isv.OUT_OF_SERVICE","Message":"业务停机","RequestId":"F655A8D5"}',
    kind: 'refused',
    failure: 'channel-misconfigured',
  },
  {
    status: 200,
    body: '{"Code":"isv.MOBILE_NUMBER_ILLEGAL","Message":"号码格式非法","RequestId":"F655A8D5"}',
    kind: 'refused',
    failure: 'recipient-invalid',
  },
  {
    status: 200,
    body: '{"Code":"isp.SYSTEM_ERROR","Message":"系统错误","RequestId":"F655A8D5"}',
    kind: 'retry',
    failure: 'provider-error',
  },
  {
    status: 400,
    body: '{"Code":"SignatureDoesNotMatch","Message":"Specified signature does not match our calculation.","RequestId":"F655A8D5"}',
    kind: 'refused',
    failure: 'channel-misconfigured',
  },
  {
    status: 400,
    body: '{"Code":"Throttling.User","Message":"Request was denied due to user flow control.","RequestId":"F655A8D5"}',
    kind: 'retry',
    failure: 'provider-busy',
    afterMs: 10000,
  },
  {
    status: 500,
    body: '{"Code":"SomethingNew","Message":"a code of tomorrow","RequestId":"F655A8D5"}',
    kind: 'retry',
    failure: 'provider-error',
  },
  {
    status: 200,
    body: '{"Code":"isv.SOMETHING_NEW","Message":"a code of tomorrow","RequestId":"F655A8D5"}',
    kind: 'refused',
    failure: 'channel-misconfigured',
  },
  {
    status: 502,
    body: '<html>',
    kind: 'retry',
    failure: 'provider-error',
  },
];
