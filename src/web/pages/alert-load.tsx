import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { DESKS, type Desk, LOAD_ABOUTS, type LoadAbout } from '../../model/alert-load.ts';
import type { AlertLoadReply } from '../state/answers.ts';
import { call, type Problem, queryString } from '../state/api.ts';
import { serviceNow } from '../state/clock.ts';
import { t } from '../text/translate.ts';
import { LoadTables } from './alert-load-tables.tsx';
import { figuresOf, type LoadFigure, onPaper } from './load-figures.ts';

const SHOWN = 20;
/** The service counts for one after the other. */
const TIMEOUT_MS = 60_000;

interface Options {
  readonly from: number;
  readonly to: number;
  readonly path: string;
  readonly earlier: { readonly from?: number; readonly to?: number } | undefined;
}

/** Whether people can keep up with their alerts, and whom the service missed. */
export function AlertLoad({ from, to, path, earlier }: Options) {
  const desk = useSignal<Desk>('community');
  const about = useSignal<LoadAbout>('all');
  const query = {
    ...{ from, to, desk: desk.value, about: about.value },
    ...(path === '' ? {} : { path }),
  };
  const now = useCounted(query);
  const hasPast = earlier?.from !== undefined && earlier.to !== undefined;
  const then = useCounted(hasPast ? { ...query, from: earlier?.from ?? 0, to: earlier?.to ?? 0 } : undefined);
  const { value, problem, at } = now.counted.value;
  return (
    <section class="card alert-load" aria-labelledby="alert-load">
      <h2 id="alert-load">{t('load.title')}</h2>
      <p class="quiet-text">{t('load.lead')}</p>
      <Choice desk={desk} about={about} />
      {value === undefined && problem === undefined && <p class="loading">{t('app.loading')}</p>}
      {problem && (
        <p class="error-text" role="alert">
          {problem.text}
        </p>
      )}
      {value && (
        <>
          <Bounds of={value} />
          <Figures of={value} past={then.counted.value.value} />
          <LoadTables of={value} />
        </>
      )}
      <p class="toolbar no-print">
        <a class="button" href={`/api/v1/alert-load.csv${queryString(query)}`} download="alert-load.csv">
          {t('load.csv')}
        </a>
        <button type="button" class="button" onClick={now.again}>
          {t('load.again')}
        </button>
        {at !== undefined && <span class="quiet-text">{t('load.at', { at: onPaper(at) })}</span>}
      </p>
    </section>
  );
}

interface Counted {
  readonly value?: AlertLoadReply;
  readonly problem?: Problem;
  readonly at?: number;
}

/** Counted once, and again where somebody asks: of a large place it is work for the service, and the past changes little. */
function useCounted(query: Record<string, string | number> | undefined) {
  const counted = useSignal<Counted>({});
  const round = useSignal(0);
  const asked = query && queryString(query);
  useEffect(() => {
    counted.value = {};
    if (!query) return;
    const left = new AbortController();
    const options = { query: { ...query, limit: SHOWN }, signal: left.signal, timeoutMs: TIMEOUT_MS };
    void call<AlertLoadReply>('GET', '/alert-load', options).then((answer) => {
      if (left.signal.aborted) return;
      counted.value = answer.ok ? { value: answer.value, at: serviceNow() } : { problem: answer.problem };
    });
    return () => left.abort();
  }, [asked, round.value]);
  const again = () => {
    round.value++;
  };
  return { counted, again };
}

function Choice({ desk, about }: { desk: Signal<Desk>; about: Signal<LoadAbout> }) {
  return (
    <div class="ledger-filters no-print">
      <Select
        of={desk}
        name="desk"
        label={t('load.desk')}
        all={DESKS}
        title={(one) => t(`load.desk.${one}`)}
      />
      <Select
        of={about}
        name="about"
        label={t('load.about')}
        all={LOAD_ABOUTS}
        title={(one) => t(`load.about.${one}`)}
      />
    </div>
  );
}

function Select<T extends string>({
  of,
  name,
  label,
  all,
  title,
}: {
  of: Signal<T>;
  name: string;
  label: string;
  all: readonly T[];
  title: (one: T) => string;
}) {
  return (
    <label class="field">
      <span>{label}</span>
      <select
        name={name}
        value={of.value}
        onChange={({ currentTarget }) => {
          of.value = all.find((one) => one === currentTarget.value) ?? of.value;
        }}
      >
        {all.map((one) => (
          <option key={one} value={one}>
            {title(one)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What the figures do not hold: time that nobody wrote down, alerts that were too many, what may not be seen. */
function Bounds({ of }: { of: AlertLoadReply }) {
  const { from, recordedFrom, countedFrom, hours, desks, total } = of;
  const said = [
    hours === 0 ? t('load.notRecorded') : undefined,
    hours > 0 && recordedFrom !== undefined && recordedFrom > from
      ? t('load.since', { at: onPaper(recordedFrom) })
      : undefined,
    countedFrom === undefined ? undefined : t('load.truncated', { at: onPaper(countedFrom) }),
    desks.some(({ partial }) => partial) ? t('load.partial') : undefined,
    total.above > 0 ? t('load.above', { n: total.above }) : undefined,
  ];
  return <>{said.map((one) => one && <p key={one}>{one}</p>)}</>;
}

function Figures({ of, past }: { of: AlertLoadReply; past: AlertLoadReply | undefined }) {
  const earlier = new Map(past && figuresOf(past).map(({ name, value }) => [name, value]));
  return (
    <dl class="load-figures">
      {figuresOf(of).map((one) => (
        <Figure key={one.name} of={one} past={earlier.get(one.name)} />
      ))}
    </dl>
  );
}

function Figure({ of, past }: { of: LoadFigure; past: string | undefined }) {
  const { name, value, mark, beyond, note } = of;
  return (
    <div class={beyond ? 'load-beyond' : ''}>
      <dt>{name}</dt>
      <dd>
        <b class="num">{value}</b>
        {past !== undefined && <span class="quiet-text ledger-past"> {t('ledger.before', { n: past })}</span>}
        {mark !== undefined && (
          <span class="load-mark">
            {t('load.mark', { mark })}
            {beyond && <strong> {t('load.beyond')}</strong>}
          </span>
        )}
        {note !== undefined && <span class="quiet-text load-note">{note}</span>}
      </dd>
    </div>
  );
}
