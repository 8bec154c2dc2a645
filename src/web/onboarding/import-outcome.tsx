import type { ComponentChildren } from 'preact';
import type { ImportReply } from '../state/answers.ts';
import { nodeName } from '../state/places.ts';
import { number, pick, t } from '../text/translate.ts';

/** Lines that are shown one by one; a whole town is better read at a terminal. */
const SHOWN_MAX = 200;

type Part<K extends keyof ImportReply> = NonNullable<ImportReply[K]>;

/** What is wrong with a file, at its lines: nothing of it is taken. */
export const Problems = ({ of, more = 0 }: { of: Part<'problems'>; more: number | undefined }) => (
  <section class="message message-bad" role="alert">
    <p>{t('import.problems', { n: of.length + more })}</p>
    <Lines of={of} more={more}>
      {({ message, text }) => (text ? pick(text) : message)}
    </Lines>
  </section>
);

/** What a file would do, what is probably wrong with it first. */
export function Outcome({ of }: { of: ImportReply }) {
  const { added = 0, changed = 0, unchanged = 0, warnings = [], made = [], moves = [], invented = [] } = of;
  const { changes = [] } = of;
  return (
    <>
      <p>
        <b>{of.put === 0 ? t('import.nothing') : t('import.counts', { added, changed, unchanged })}</b>
      </p>
      {warnings.length === 0 && of.put > 0 && <p class="quiet-text">{t('import.noWarnings')}</p>}
      {warnings.length > 0 && (
        <section class="message message-warning" data-warnings>
          <p>{t('import.warnings', { n: warnings.length })}</p>
          <Lines of={warnings}>{({ text }) => pick(text)}</Lines>
        </section>
      )}
      {moves.length > 0 && (
        <section class="message message-warning">
          <p>{t('import.moves', { n: moves.length })}</p>
          <Rows of={moves}>
            {({ noun, key, from, to }) =>
              t('import.move', { what: t(`import.noun.${noun}`), key, from: nameOf(from), to: nameOf(to) })
            }
          </Rows>
        </section>
      )}
      {invented.length > 0 && (
        <section class="message message-warning">
          <p>{t('import.invented', { n: invented.length })}</p>
          <Rows of={invented}>
            {({ gateway, devices: n, meant }) =>
              meant === undefined
                ? t('import.inventedOne', { gateway, n })
                : t('import.inventedMeant', { gateway, n, meant })
            }
          </Rows>
        </section>
      )}
      {of.untold && <p class="message message-warning">{t('import.untold', { n: of.untold.homes })}</p>}
      {made.length > 0 && (
        <details>
          <summary>{t('import.made', { n: made.length })}</summary>
          <Lines of={made}>
            {({ parent, name, home, known }) => (
              <>
                {parent.split('/').join(' › ')} › {name}
                {t('app.colon')}
                {t(known ? 'import.madeKnown' : 'import.madeNew', { home })}
              </>
            )}
          </Lines>
        </details>
      )}
      {changes.length > 0 && (
        <details>
          <summary>{t('import.changes', { n: changes.length })}</summary>
          <Rows of={changes}>{(one) => <Change of={one} />}</Rows>
        </details>
      )}
    </>
  );
}

const nameOf = (place: string): string => nodeName(place) || place;

function Change({ of: { noun, key, change, fields } }: { of: Part<'changes'>[number] }) {
  const told = fields.filter(() => change === 'changed');
  return (
    <>
      {t(`import.${change}`)} {t(`import.noun.${noun}`)} <code>{key}</code>
      {told.length > 0 && (
        <span class="quiet-text block">
          {told
            .map(
              ({ field, before, after }) =>
                `${fieldName(field)}${t('app.colon')}${shown(before)} → ${shown(after)}`,
            )
            .join('; ')}
        </span>
      )}
    </>
  );
}

/** What a list can change of an entry, as people call it. */
const FIELDS = [
  'name',
  'parent',
  'address',
  'entryNote',
  'visitClass',
  'phone',
  'birthYear',
  'medicalNote',
  'relation',
  'model',
  'home',
  'gateway',
  'enrolledAt',
  'place',
  'settings',
  'expectedIntervalMs',
  'counterResolution',
  'disabled',
] as const;

function fieldName(field: string): string {
  const known = FIELDS.find((one) => one === field);
  return known === undefined ? field : t(`import.field.${known}`);
}

function shown(value: unknown): string {
  if (value === undefined) return '—';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function Rows<T>({
  of,
  more = 0,
  children,
}: {
  of: readonly T[];
  more?: number;
  children: (one: T) => ComponentChildren;
}) {
  const left = Math.max(0, of.length - SHOWN_MAX) + more;
  return (
    <ul class="import-lines">
      {of.slice(0, SHOWN_MAX).map((one, index) => (
        <li key={index}>{children(one)}</li>
      ))}
      {left > 0 && <li>{t('import.more', { n: left })}</li>}
    </ul>
  );
}

/** The same, each with the line of the file. */
const Lines = <T extends { readonly line: number }>({
  of,
  more = 0,
  children,
}: {
  of: readonly T[];
  more?: number | undefined;
  children: (one: T) => ComponentChildren;
}) => (
  <Rows of={of} more={more}>
    {(one) => (
      <>
        <b>{t('import.line', { n: number(one.line) })}</b> {children(one)}
      </>
    )}
  </Rows>
);
