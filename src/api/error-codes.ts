import { ERRORS, type ErrorCode } from '../model/errors.ts';
import { isDiskFull } from '../model/system-words.ts';
import { RecordsAway } from '../ports/records.ts';
import { BodyNotUtf8 } from './bodies.ts';

const FRAMEWORK_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNKNOWN',
  FST_ERR_CTP_INVALID_JSON_BODY: 'BODY_NOT_JSON',
};

/** The code of an error that no route made into a refusal. */
export function codeOf(error: unknown): ErrorCode {
  if (error instanceof BodyNotUtf8) return 'BODY_NOT_UTF8';
  // Told to the operator by whoever commits; whoever asks may ask again.
  if (error instanceof RecordsAway) return 'NOT_READY';
  if (typeof error !== 'object' || error === null) return 'INTERNAL';
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  const known = typeof code === 'string' ? FRAMEWORK_CODES[code] : undefined;
  if (known) return known;
  if (isDiskFull(error)) return 'DISK_FULL';
  // Only Fastify's own refusals say a status below 500: JSON that does not parse, a wrong length.
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < ERRORS.INTERNAL.status
    ? 'REQUEST_INVALID'
    : 'INTERNAL';
}

export const isTooLarge = (error: unknown): boolean => codeOf(error) === 'PAYLOAD_TOO_LARGE';
