import fc from 'fast-check';
import {
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/** What somebody may write in place of a value, as it stands in the file: of another type, huge, or nothing that YAML means so. */
const VALUES = [
  ...[
    '',
    '~',
    'null',
    '""',
    '"  "',
    'true',
    'no',
    '0',
    '-1',
    '0.5',
    '1e308',
    '99999999999999999999',
    '0x1F',
    '0o17',
  ],
  ...[
    '.nan',
    '.inf',
    '-.inf',
    'NaN',
    '[]',
    '{}',
    '[[]]',
    '[1, two, ~]',
    '{ a: 1 }',
    '{ id: x }',
    'abc',
    '"a\\u0000b"',
  ],
  ...[
    '2026-02-30',
    '2026-03-01',
    '2026-03-01T00:00:00Z',
    '25:61',
    '1h',
    '-5min',
    '1e400',
    '海棠',
    '"\\ud83d"',
    '💧',
  ],
  ...['P1', 'P9', 'haitang', 'haitang/g1', '../x', '/', 'terminal', 'nobody', '__proto__', 'constructor'],
  ...[
    '!!binary aGk=',
    '!!set { a }',
    '!!timestamp 2026-01-01',
    '!other x',
    '&a [*a]',
    '*nowhere',
    '? x',
    '- x',
  ],
  ...['|\n  text', '"unclosed', "'unclosed", '[unclosed', '{ unclosed', '@x', '`x', '%x', '# x'],
] as const;
const KEYS = [
  'unknown',
  'id',
  'kind',
  'nodes',
  'Rules',
  ' 规则',
  '__proto__',
  'toString',
  '0',
  '<<',
  '~',
  '[a]',
  '"a b"',
] as const;

export interface BrokenFile {
  readonly bytes: Uint8Array;
  /** What was done to it, for whoever reads a failure. */
  readonly edits: readonly string[];
}

type Edit = readonly [kind: string, place: number, choice: number];

/** A configuration file after some edits by a hand that slips, a tool that breaks off, or an editor that saves otherwise. */
export function brokenConfig(text: string): fc.Arbitrary<BrokenFile> {
  const kinds = Object.keys(EDITS);
  const edit = fc.tuple(fc.constantFrom(...kinds), fc.nat({ max: 0xffff }), fc.nat({ max: 0xffff }));
  const whole = fc.oneof(
    { weight: 12, arbitrary: fc.constant('as-it-is') },
    { weight: 1, arbitrary: fc.constantFrom(...Object.keys(WHOLE)) },
  );
  return fc.tuple(fc.array(edit, { minLength: 1, maxLength: 3 }), whole).map(([edits, form]) => {
    const broken = edits.reduce(
      (before, [kind, place, choice]) => apply(before, [kind, place, choice]),
      text,
    );
    return { bytes: (WHOLE[form] ?? utf8)(broken), edits: [...edits.map((each) => each.join(' ')), form] };
  });
}

const apply = (text: string, [kind, place, choice]: Edit): string =>
  EDITS[kind]?.(text, place, choice) ?? text;

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The file as a whole, in another form. */
const WHOLE: Readonly<Record<string, (text: string) => Uint8Array>> = {
  'with-a-mark': (text) => utf8(`\ufeff${text}`),
  'line-ends-of-windows': (text) => utf8(text.replaceAll('\n', '\r\n')),
  'line-ends-of-old': (text) => utf8(text.replaceAll('\n', '\r')),
  'utf-16': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'not-utf-8': (text) => Uint8Array.from([...utf8(text), 0xff, 0xfe, 0xc3, 0x28, 0x0a]),
  tabs: (text) => utf8(text.replaceAll('  ', '\t')),
  nothing: () => new Uint8Array(),
  comments: () => utf8('# nothing\n'),
  zeros: () => new Uint8Array(512),
  'two-documents': (text) => utf8(`${text}\n---\n${text}`),
  'very-deep': (text) => utf8(`${text}\ndeep: ${'['.repeat(5000)}\n`),
  'deep-lines': (text) =>
    utf8(`${text}\ndeep:\n${Array.from({ length: 800 }, (_, i) => `${' '.repeat(i + 1)}a:\n`).join('')}`),
  'a-bomb': (text) =>
    utf8(
      `${text}\nb0: &b0 [x, x]\n${Array.from({ length: 40 }, (_, i) => `b${i + 1}: &b${i + 1} [*b${i}, *b${i}]\n`).join('')}`,
    ),
};

/** Edits of the text, each at a place of it. */
const EDITS: Readonly<Record<string, (text: string, place: number, choice: number) => string>> = {
  'another-value': (text, place, choice) => atNode(text, place, () => VALUES[choice % VALUES.length] ?? ''),
  'a-value-beside': (text, place, choice) =>
    atNode(text, place, (was) => `${was} ${VALUES[choice % VALUES.length]}`),
  'no-entry': (text, place) => changed(text, place, (items, at) => void items.splice(at, 1)),
  'entry-twice': (text, place) => changed(text, place, (items, at) => void items.push(items[at])),
  'entries-swapped': (text, place, choice) =>
    changed(text, place, (items, at) => {
      const other = choice % items.length;
      [items[at], items[other]] = [items[other], items[at]];
    }),
  'another-key': (text, place, choice) =>
    atLine(text, place, (line) => line.replace(/^(\s*(?:- )?)[\w-]+:/, `$1${KEYS[choice % KEYS.length]}:`)),
  'a-key-more': (text, place, choice) =>
    atLine(
      text,
      place,
      (line) =>
        `${line}\n${/^\s*/.exec(line)?.[0]}${KEYS[choice % KEYS.length]}: ${VALUES[place % VALUES.length]}`,
    ),
  'line-twice': (text, place) => atLine(text, place, (line) => `${line}\n${line}`),
  'no-line': (text, place) => atLine(text, place, () => ''),
  moved: (text, place, choice) =>
    atLine(text, place, (line) => (choice % 2 === 0 ? `  ${line}` : line.replace(/^ {2}/, ''))),
  cut: (text, place) => text.slice(0, place % (text.length + 1)),
  'a-sign': (text, place, choice) => {
    const at = place % (text.length + 1);
    return `${text.slice(0, at)}${'\t:-#&*!|>%@`\'"[]{},?\u0000\u2028\u00a0：，'[choice % 26] ?? ''}${text.slice(at)}`;
  },
};

function atLine(text: string, place: number, change: (line: string) => string): string {
  const lines = text.split('\n');
  const at = place % lines.length;
  lines[at] = change(lines[at] ?? '');
  return lines.join('\n');
}

/** One node of the text is replaced, where it stands. */
function atNode(text: string, place: number, change: (was: string) => string): string {
  const nodes = nodesIn(parseDocument(text).contents as Node | null);
  const [from, to] = nodes[place % Math.max(1, nodes.length)]?.range ?? [0, 0];
  return `${text.slice(0, from)}${change(text.slice(from, to))}${text.slice(to)}`;
}

/** A list or a map has its entries changed, and is written anew. */
function changed(text: string, place: number, change: (items: unknown[], at: number) => void): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) return text;
  const holders = nodesIn(document.contents as Node | null).filter(
    (node): node is YAMLMap | YAMLSeq => (isMap(node) || isSeq(node)) && node.items.length > 0,
  );
  const holder = holders[place % Math.max(1, holders.length)];
  if (!holder) return text;
  change(holder.items, place % holder.items.length);
  try {
    return document.toString();
  } catch {
    return text;
  }
}

function nodesIn(node: Node | null, found: Node[] = []): Node[] {
  if (!node) return found;
  found.push(node);
  if (isSeq(node)) for (const item of node.items) nodesIn(item as Node, found);
  if (isMap(node))
    for (const { key, value } of node.items as Pair<Node, Node>[]) {
      if (isScalar(key)) found.push(key);
      nodesIn(value, found);
    }
  return found;
}
