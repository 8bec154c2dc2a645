import type { ImportWarning } from '../model/import-warning.ts';
import type { InventedGateway, Noun, RegistryChange } from '../model/registry.ts';
import type { Locale } from '../model/text.ts';

/** What an import would do, as the service answers it. */
export interface ImportCounts {
  readonly put: number;
  readonly added?: number;
  readonly changed?: number;
  readonly unchanged?: number;
  readonly remove: number;
  readonly changes?: readonly RegistryChange[];
  readonly invented?: readonly InventedGateway[];
}

/** Entries that are printed one by one; a whole town is better read with --json. */
const PRINTED_MAX = 200;

const NOUNS: Readonly<Record<Noun, string>> = {
  node: '节点 node',
  home: '住户 home',
  resident: '老人 resident',
  contact: '联系人 contact',
  device: '设备 device',
  gateway: '网关 gateway',
  staff: '人员 staff',
};
const MARKS = { added: '+', changed: '~', removed: '-' } as const;

/** Counts, then a line for each entry: `~ 设备 device m1  home: h1 → h2`. In both languages, as the console has them. */
export function changeLines({
  put,
  added,
  changed,
  unchanged,
  remove,
  changes = [],
}: ImportCounts): string[] {
  if (put === 0 && remove === 0 && unchanged === 0)
    return ['文件中没有任何登记 · no entry stands in the file'];
  if (put === 0 && remove === 0) return ['文件内容均已存在 · everything in the file is there already'];
  const counts =
    added === undefined
      ? [`新增或变更 ${put} · ${put} to add or change`]
      : [
          `新增 ${added} · ${added} to add`,
          `变更 ${changed ?? put - added} · ${changed ?? put - added} to change`,
          `移除 ${remove} · ${remove === 0 ? 'none to remove' : `${remove} to remove`}`,
          `不变 ${unchanged ?? 0} · ${unchanged ?? 0} unchanged`,
        ];
  const lines = changes.slice(0, PRINTED_MAX).map(lineOf);
  const left = changes.length - lines.length;
  return [...counts, ...lines, ...(left > 0 ? [`… 另有 ${left} 项 · and ${left} more (--json)`] : [])];
}

function lineOf({ noun, key, change, fields }: RegistryChange): string {
  const head = `${MARKS[change]} ${NOUNS[noun]} ${key}`;
  if (change !== 'changed') return head;
  const told = fields.map(({ field, before, after }) => `${field}: ${shown(before)} → ${shown(after)}`);
  return `${head}  ${told.join('; ')}`;
}

/** A value as a person reads it; instants as such. */
function shown(value: unknown): string {
  if (value === undefined) return '—';
  if (typeof value === 'number' && value > 1e11) return new Date(value).toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Gateways that are printed one by one. */
const INVENTED_MAX = 20;

/** What an import makes though nothing describes it: a slip of the pen makes a gateway behind which nothing is heard. */
export function inventedLines({ invented = [] }: Pick<ImportCounts, 'invented'>): string[] {
  const lines = invented.slice(0, INVENTED_MAX).map(({ gateway, devices, meant }) => {
    const zh = `网关 ${gateway} 尚未登记，仅因 ${devices} 台设备写了它而新建${meant ? `；是否想写 "${meant}"？` : ''}`;
    const count = devices === 1 ? '1 device names' : `${devices} devices name`;
    const en = `gateway ${gateway} is in no registry: it is made only because ${count} it`;
    return `! ${zh} · ${en}${meant ? `; did you mean "${meant}"?` : ''}`;
  });
  const left = invented.length - lines.length;
  return left > 0 ? [...lines, `! … 另有 ${left} 个新网关 · and ${left} more new gateways (--json)`] : lines;
}

/** What is probably a mistake of the file, each at its line. */
export function warningLines(
  { warnings = [] }: { readonly warnings?: readonly ImportWarning[] },
  file: string,
  language: Locale,
): string[] {
  const lines = warnings.slice(0, PRINTED_MAX).map(({ line, text }) => `! ${file}:${line} ${text[language]}`);
  const left = warnings.length - lines.length;
  const more = { zh: `! … 另有 ${left} 处提醒 (--json)`, en: `! … and ${left} more warnings (--json)` };
  return left > 0 ? [...lines, more[language]] : lines;
}

/** A home of which the file has no id. */
export interface MadeHomeLine {
  readonly line: number;
  readonly home: string;
  readonly parent: string;
  readonly name: string;
  readonly known: boolean;
}

/** Which home each row without an id stands for. */
export function madeLines(
  { made = [] }: { readonly made?: readonly MadeHomeLine[] },
  file: string,
  language: Locale,
): string[] {
  const words = ({ known, home }: MadeHomeLine) =>
    language === 'zh'
      ? known
        ? `已登记的住户 ${home}`
        : `新住户，编号 ${home}`
      : known
        ? `the home ${home}, which is there already`
        : `a new home, ${home}`;
  const lines = made
    .slice(0, PRINTED_MAX)
    .map((one) => `= ${file}:${one.line} ${one.parent}/${one.name} → ${words(one)}`);
  const left = made.length - lines.length;
  const more = {
    zh: `= … 另有 ${left} 户没有写编号 (--json)`,
    en: `= … and ${left} more homes without an id (--json)`,
  };
  return left > 0 ? [...lines, more[language]] : lines;
}
