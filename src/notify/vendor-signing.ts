import { createRequire } from 'node:module';
import type AliyunOpenApi from '@alicloud/openapi-util';
import type TencentSign from 'tencentcloud-sdk-nodejs-common/tencentcloud/common/sign.js';

/** Both are CommonJS with a default export, which Node and bundlers import differently: required, they are the same everywhere. */
const load = createRequire(import.meta.url);

/** Alibaba Cloud's own parameters and signature, without its HTTP client. */
export const aliyun = (load('@alicloud/openapi-util') as { default: typeof AliyunOpenApi.default }).default;

/** Tencent Cloud's own signature, without its HTTP client. */
export const tencent = (
  load('tencentcloud-sdk-nodejs-common/tencentcloud/common/sign.js') as {
    default: typeof TencentSign.default;
  }
).default;
