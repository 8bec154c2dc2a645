import type { z } from 'zod';
import { en, zhCN } from 'zod/locales';
import { LIMITS } from '../model/limits.ts';
import type { Locale, Text } from '../model/text.ts';
import { isInstant, keysAt, schemaAt } from './issue-schemas.ts';
import { ownWords } from './own-words.ts';
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

const INSTANT = text(
  '带时区的时刻（如 2026-03-01T08:00:00+08:00）或毫秒时间戳',
  'an instant with its offset, as 2026-03-01T08:00:00+08:00, or epoch milliseconds',
);

const FORMATS: Readonly<Record<string, Text>> = {
  datetime: INSTANT,
  base64: text('base64 编码', 'base64'),
  url: text('网址', 'a URL'),
};

/** What a value can be, as people say it. */
const TYPES: Readonly<Record<string, Text>> = {
  string: text('文字', 'text'),
  number: text('数字', 'a number'),
  int: text('整数', 'a whole number'),
  boolean: text('true 或 false', 'true or false'),
  object: text('对象', 'an object'),
  record: text('对象', 'an object'),
  array: text('列表', 'a list'),
  null: text('null', 'null'),
};

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
      message:
        (words(issue, schema, data) ?? ownWords(issue.message))?.[locale] ??
        libraryWords(issue, data, locale),
    }));
}

function libraryWords(issue: Issue, data: unknown, locale: Locale): string {
  if (issue.message) return issue.message;
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
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, schema, data);
  const name = issue.path.findLast((step) => typeof step === 'string');
  const found = foundAt(issue, data);
  if (name === undefined)
    return issue.code === 'invalid_type'
      ? ofType(text('请求正文', 'the body'), found, issue.expected)
      : undefined;
  const allowed = allowedBy(issue, schema, data);
  if (found === undefined && isAboutKind(issue))
    return allowed
      ? text(`缺少 ${name}，应为${allowed.zh}`, `${name} is missing; it is ${allowed.en}`)
      : text(`缺少 ${name}`, `${name} is missing`);
  if (!allowed)
    return issue.code === 'invalid_type'
      ? ofType(text(name, name), found, issue.expected)
      : lengthOf(issue, name);
  const shown = show(found);
  return text(
    `${name} 不能是 ${shown}，应为${allowed.zh}`,
    `${name} cannot be ${shown}; it is ${allowed.en}`,
  );
}

const isAboutKind = ({ code }: Issue): boolean =>
  code === 'invalid_type' || code === 'invalid_value' || code === 'invalid_union';

/** Only what kind of thing came: it may have been a password. */
function ofType(name: Text, found: unknown, expected: string): Text | undefined {
  const wanted = TYPES[expected];
  const came = TYPES[found === null ? 'null' : Array.isArray(found) ? 'array' : typeof found];
  return (
    wanted &&
    came &&
    text(
      `${name.zh} 应为${wanted.zh}，收到的是${came.zh}`,
      `${name.en} must be ${wanted.en}, and came as ${came.en}`,
    )
  );
}

function lengthOf(issue: Issue, name: string): Text | undefined {
  if (issue.code !== 'too_small' && issue.code !== 'too_big') return undefined;
  const of = { string: text('个字符', 'characters'), array: text('项', 'entries') }[issue.origin as 'string'];
  if (!of) return undefined;
  if (issue.code === 'too_big')
    return text(`${name} 最多 ${issue.maximum} ${of.zh}`, `${name} has at most ${issue.maximum} ${of.en}`);
  return Number(issue.minimum) === 1
    ? text(`${name} 不能为空`, `${name} must not be empty`)
    : text(`${name} 至少 ${issue.minimum} ${of.zh}`, `${name} has at least ${issue.minimum} ${of.en}`);
}

function allowedBy(issue: Issue, schema: z.ZodType, data: unknown): Text | undefined {
  switch (issue.code) {
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_union':
      if ('options' in issue && issue.options?.length) return oneOf(issue.options);
      return isInstant(schemaAt(schema, issue.path, data)) ? INSTANT : undefined;
    case 'invalid_type':
      if (isInstant(schemaAt(schema, issue.path, data)) && issue.expected === 'string') return INSTANT;
      return issue.expected === 'number' || issue.expected === 'int' ? TYPES[issue.expected] : undefined;
    case 'too_small':
      if (issue.origin !== 'number') return undefined;
      return issue.inclusive
        ? text(`不小于 ${issue.minimum} 的数`, `at least ${issue.minimum}`)
        : text(`大于 ${issue.minimum} 的数`, `more than ${issue.minimum}`);
    case 'too_big':
      if (issue.origin !== 'number') return undefined;
      return issue.inclusive
        ? text(`不大于 ${issue.maximum} 的数`, `at most ${issue.maximum}`)
        : text(`小于 ${issue.maximum} 的数`, `less than ${issue.maximum}`);
    case 'invalid_format':
      return FORMATS[issue.format];
    default:
      return undefined;
  }
}

function oneOf(values: readonly unknown[]): Text {
  const all = values.map(String);
  return text(`以下之一：${all.join('、')}`, `one of ${all.join(', ')}`);
}

function unknownKeys(
  { keys, path }: z.core.$ZodIssueUnrecognizedKeys,
  schema: z.ZodType,
  data: unknown,
): Text | undefined {
  const known = keysAt(schema, path, data);
  if (!known) return undefined;
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
