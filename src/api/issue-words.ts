import { z } from 'zod';
import { en, zhCN } from 'zod/locales';
import { LIMITS } from '../model/limits.ts';
import type { Locale, Text } from '../model/text.ts';
import type { ProblemIssue } from './problem.ts';

/**
 * What is wrong with a request, so that whoever sent it need not look anything up: which parameter, what came, and what is
 * allowed. What has no words here is said by the library that checks.
 */
type Issue = z.core.$ZodIssue;

const text = (zh: string, en: string): Text => ({ zh, en });

/** Enough of what came to know it again. */
const SHOWN_MAX = 40;
const POINTER_MAX = 400;

const library = { zh: zhCN().localeError, en: en().localeError };

/** The first of what is wrong: whoever sends nonsense by the megabyte gets no megabytes back. */
export function issuesOf(
  issues: readonly Issue[],
  schema: z.ZodType,
  data: unknown,
  locale: Locale,
): ProblemIssue[] {
  return issues
    .slice(0, LIMITS.issuesToldMax)
    .flatMap(meant)
    .map((issue) => ({
      pointer: issue.path
        .map((step) => `/${String(step)}`)
        .join('')
        .slice(0, POINTER_MAX),
      code: issue.code,
      message: words(issue, schema, data)?.[locale] ?? (issue.message || libraryWords(issue, data, locale)),
    }));
}

function libraryWords(issue: Issue, data: unknown, locale: Locale): string {
  const shown = issue.code === 'unrecognized_keys' ? { ...issue, keys: firstOf(issue.keys) } : issue;
  const said = library[locale]({ ...shown, input: foundAt(issue, data) } as z.core.$ZodRawIssue);
  return (typeof said === 'string' ? said : said?.message) ?? issue.code;
}

const foundAt = ({ path }: Issue, data: unknown): unknown =>
  path.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown>)?.[step], data);

const firstOf = (keys: readonly string[]): string[] =>
  keys.slice(0, LIMITS.issuesToldMax).map((key) => key.slice(0, SHOWN_MAX));

/**
 * `one or several` is one word of a list to whoever wrote it: of such alternatives the one that speaks of words is told,
 * and of an instant, which is a number or a text, the one of which what came has the form.
 */
function meant(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const told = issue.errors.flat().filter((one) => one.code === 'invalid_value');
  const deepest = Math.max(...told.map((one) => one.path.length));
  const ofForm = issue.errors.filter(([one]) => one && (one.code !== 'invalid_type' || one.path.length > 0));
  const [first = ofForm.length === 1 ? ofForm[0]?.[0] : undefined] = told.filter(
    (one) => one.path.length === deepest,
  );
  return first ? [{ ...first, path: [...issue.path, ...first.path] }] : [issue];
}

function words(issue: Issue, schema: z.ZodType, data: unknown): Text | undefined {
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, schema);
  const name = issue.path.findLast((step) => typeof step === 'string');
  if (name === undefined) return undefined;
  const allowed = allowedBy(issue);
  const found = foundAt(issue, data);
  if (found === undefined && issue.code === 'invalid_type') return text(`缺少 ${name}`, `${name} is missing`);
  if (!allowed) return undefined;
  if (found === undefined)
    return text(`缺少 ${name}，应为${allowed.zh}`, `${name} is missing; it is ${allowed.en}`);
  const shown = show(found);
  return text(
    `${name} 不能是 ${shown}，应为${allowed.zh}`,
    `${name} cannot be ${shown}; it is ${allowed.en}`,
  );
}

function allowedBy(issue: Issue): Text | undefined {
  switch (issue.code) {
    case 'invalid_value': {
      const all = issue.values.map(String);
      return text(`以下之一：${all.join('、')}`, `one of ${all.join(', ')}`);
    }
    case 'invalid_type':
      return issue.expected === 'number' || issue.expected === 'int' ? text('数字', 'a number') : undefined;
    case 'too_small':
      return issue.origin === 'number'
        ? text(`不小于 ${issue.minimum} 的数`, `at least ${issue.minimum}`)
        : undefined;
    case 'too_big':
      return issue.origin === 'number'
        ? text(`不大于 ${issue.maximum} 的数`, `at most ${issue.maximum}`)
        : undefined;
    case 'invalid_format':
      return issue.format === 'datetime'
        ? text(
            '带时区的时刻（如 2026-03-01T08:00:00+08:00）或毫秒时间戳',
            'an instant with its offset, as 2026-03-01T08:00:00+08:00, or epoch milliseconds',
          )
        : undefined;
    default:
      return undefined;
  }
}

function unknownKeys({ keys, path }: z.core.$ZodIssueUnrecognizedKeys, schema: z.ZodType): Text | undefined {
  if (path.length > 0 || !(schema instanceof z.ZodObject)) return undefined;
  const known = Object.keys(schema.shape);
  const came = keys.slice(0, LIMITS.issuesToldMax).map((key) => show(key));
  const more = keys.length - came.length;
  const none = text(
    `没有 ${came.join('、')}${more > 0 ? `等 ${keys.length} 项` : ' 这一项'}`,
    `there is no ${came.join(', ')}${more > 0 ? ` (and ${more} more)` : ''}`,
  );
  return known.length === 0
    ? text(`${none.zh}；此处不带参数`, `${none.en}; nothing is taken here`)
    : text(`${none.zh}；可用：${known.join('、')}`, `${none.en}; there are ${known.join(', ')}`);
}

function show(found: unknown): string {
  if (typeof found === 'object' && found !== null) return Array.isArray(found) ? '[…]' : '{…}';
  const said = String(found);
  return said.length > SHOWN_MAX ? `"${said.slice(0, SHOWN_MAX)}…"` : `"${said}"`;
}
