import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { VisitLine } from '../../model/visit.ts';
import {
  MAJOR_CHANGE_TITLES,
  VISIT_CLASS_TITLES,
  VISIT_CLASSES,
  VISIT_RESULT_TITLES,
  VISIT_SOURCE_TITLES,
  type VisitClass,
} from '../../model/visit-words.ts';
import type { HomeWatch } from '../../ports/home-watch.ts';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import { PeriodCard } from '../parts/period.tsx';
import { Moment } from '../parts/times.tsx';
import { announce } from '../state/announcer.ts';
import type { HomeDetail } from '../state/answers.ts';
import { call, get } from '../state/api.ts';
import { newKey } from '../state/outbox.ts';
import { may } from '../state/session.ts';
import { pick, t } from '../text/translate.ts';
import { ChangeDialog } from './change-dialog.tsx';
import { VisitDialog } from './visit-dialog.tsx';
import { WithdrawDialog } from './withdraw-dialog.tsx';

/** The last visits say enough; the log itself is asked for as a whole. */
const SHOWN = 3;
const LOADED = 50;

/** Who visited the home, until when somebody should again, and the way to say that one was there. */
export function Visits({
  of,
  watch,
  changed,
}: {
  of: HomeDetail;
  watch: HomeWatch | undefined;
  changed: () => void;
}) {
  const { home, path, timeZone } = of;
  const address = `/visits?limit=${LOADED}&home=${encodeURIComponent(home.id)}`;
  const log = useLoaded(() => get<{ items: readonly VisitLine[]; next?: string }>(address), [home.id]);
  const asks = useSignal(false);
  const mayTell = may('responder', path);
  const { items = [], next } = log.value.value ?? {};
  const again = () => {
    log.value.again();
    changed();
  };
  const taken = useSignal<VisitLine | undefined>(undefined);
  const withdraws = mayTell
    ? (line: VisitLine) => {
        taken.value = line;
      }
    : undefined;
  const close = () => {
    taken.value = undefined;
    asks.value = false;
  };
  // What was found may have been a visit: while a case of the home was handled.
  useEffect(() => log.value.again(), [of.openAlerts.length]);
  return (
    <PeriodCard
      id="visits"
      title={t('visits.title')}
      register={t('visits.register')}
      mayRegister={mayTell}
      error=""
      changed={again}
      dialog={(dialogs) => <VisitDialog of={of} {...dialogs} />}
    >
      <p class="visit-due">
        <b>
          {home.visitClass
            ? t('visits.class', { name: pick(VISIT_CLASS_TITLES[home.visitClass]) })
            : t('visits.noClass')}
        </b>{' '}
        <Due of={watch} zone={timeZone} />
      </p>
      <LoadState of={log}>
        {items.length === 0 && <p>{t('visits.none')}</p>}
        <Lines of={items.slice(0, SHOWN)} zone={timeZone} onWithdraw={withdraws} />
        {items.length > SHOWN && (
          <details>
            <summary>{t('visits.earlier', { n: items.length - SHOWN })}</summary>
            <Lines of={items.slice(SHOWN)} zone={timeZone} onWithdraw={withdraws} />
            {next !== undefined && <p class="quiet-text">{t('visits.more', { n: LOADED })}</p>}
          </details>
        )}
      </LoadState>
      {mayTell && (
        <p>
          <button
            type="button"
            class="button"
            onClick={() => {
              asks.value = true;
            }}
          >
            {t('visits.registerChange')}
          </button>
        </p>
      )}
      {may('operator', path) && <ClassChoice of={of} changed={again} />}
      {taken.value && (
        <WithdrawDialog
          of={taken.value}
          onClose={close}
          onDone={() => {
            close();
            again();
          }}
        />
      )}
      {asks.value && (
        <ChangeDialog
          of={of}
          onClose={close}
          onDone={() => {
            close();
            again();
          }}
        />
      )}
    </PeriodCard>
  );
}

/** How often it is to be visited: who answers for the place says so. */
function ClassChoice({ of: { home }, changed }: { of: HomeDetail; changed: () => void }) {
  const error = useSignal('');
  const choose = async (visitClass: VisitClass | null) => {
    const address = `/homes/${encodeURIComponent(home.id)}/visit-class`;
    const answer = await call('POST', address, { body: { visitClass }, key: newKey() });
    error.value = answer.ok ? '' : answer.problem.text;
    if (answer.ok) announce(t('visits.classSet'));
    changed();
  };
  const button = (name: VisitClass | null, words: string) => (
    <button
      key={words}
      type="button"
      aria-pressed={(home.visitClass ?? null) === name}
      onClick={() => void choose(name)}
    >
      {words}
    </button>
  );
  return (
    <details>
      <summary>{t('visits.setClass')}</summary>
      <fieldset class="choice">
        <legend>{t('visits.classMeans')}</legend>
        {VISIT_CLASSES.map((name) => button(name, pick(VISIT_CLASS_TITLES[name])))}
        {button(null, t('visits.classNone'))}
      </fieldset>
      <p class="error-text" role="alert">
        {error.value}
      </p>
    </details>
  );
}

/** What the rule says of it; nothing where no rule looks at visits here. */
function Due({ of, zone }: { of: HomeWatch | undefined; zone: string }) {
  if (of?.state === 'open') return <span class="state state-acknowledged">{t('visits.overdue')}</span>;
  if (of?.state === 'no-visits') return <span class="quiet-text">{t('visits.notArmed')}</span>;
  if (of?.state === 'away') return <span class="quiet-text">{t('visits.paused')}</span>;
  if (of?.nextDue === undefined) return null;
  return (
    <span>
      {t('visits.due')} <Moment at={of.nextDue} zone={zone} />
    </span>
  );
}

interface LinesOf {
  readonly of: readonly VisitLine[];
  readonly zone: string;
  /** Absent: whoever looks may not. */
  readonly onWithdraw?: ((line: VisitLine) => void) | undefined;
}

const Lines = ({ of, zone, onWithdraw }: LinesOf) => (
  <ul class="away-list">
    {of.map((line) => (
      <li
        key={`${line.kind} ${line.at} ${line.by}`}
        data-visit={line.result ?? line.change}
        data-withdrawn={line.withdrawn !== undefined}
      >
        <p class={line.withdrawn ? 'away-period withdrawn' : 'away-period'}>
          <Moment at={line.at} zone={zone} /> <b>{titleOf(line)}</b> {line.by}
          {line.note !== '' && <span class="quiet-text"> {line.note}</span>}
          <span class="quiet-text">
            {' · '}
            {line.case === undefined ? (
              pick(VISIT_SOURCE_TITLES[line.source])
            ) : (
              <a href={`/cases/${encodeURIComponent(line.case)}`}>{t('visits.inCase')}</a>
            )}
          </span>
        </p>
        {line.withdrawn ? (
          <p class="quiet-text">{t('visits.withdrawn', line.withdrawn)}</p>
        ) : (
          onWithdraw && (
            <button type="button" class="button quiet" onClick={() => onWithdraw(line)}>
              {t('visits.withdraw')}
            </button>
          )
        )}
      </li>
    ))}
  </ul>
);

function titleOf({ result, change }: VisitLine): string {
  if (result !== undefined) return pick(VISIT_RESULT_TITLES[result]);
  return change === undefined ? '' : t('visits.change', { name: pick(MAJOR_CHANGE_TITLES[change]) });
}
