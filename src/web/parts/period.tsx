import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { inputTime, instantOf } from '../format/time.ts';
import { announce } from '../state/announcer.ts';
import { call } from '../state/api.ts';
import { now, serviceNow } from '../state/clock.ts';
import { newKey } from '../state/outbox.ts';
import { t } from '../text/translate.ts';

/** What periods have in common that people register, end and take back: absences of a home, leave of staff. */

/** One that is being written, in the time of the place. */
export interface PeriodDraft {
  readonly zone: string;
  readonly from: Signal<string>;
  readonly until: Signal<string>;
  /** What it says; undefined where it is none that lies ahead, which then stands in the error. */
  readonly read: () => { readonly from: number; readonly until: number } | undefined;
}

export function usePeriod(zone: string, lengthMs: number, error: Signal<string>): PeriodDraft {
  const from = useSignal(inputTime(serviceNow(), zone));
  const until = useSignal(inputTime(serviceNow() + lengthMs, zone));
  const read = () => {
    const [first, last] = [instantOf(from.value, zone), instantOf(until.value, zone)];
    if (first !== undefined && last !== undefined && last > first && last > serviceNow())
      return { from: first, until: last };
    error.value = t('away.wrongOrder');
    return undefined;
  };
  return { zone, from, until, read };
}

/** The two times of a period, or one of them. */
export function PeriodFields({
  of,
  error,
  describedBy,
}: {
  of: PeriodDraft;
  error: Signal<string>;
  describedBy?: string;
}) {
  return (
    <>
      {(['from', 'until'] as const).map((name) => (
        <label key={name} class="field">
          <span>{t(`away.${name}`)}</span>
          <input
            type="datetime-local"
            name={name}
            required
            value={of[name].value}
            aria-describedby={describedBy}
            onInput={({ currentTarget }) => {
              of[name].value = currentTarget.value;
              error.value = '';
            }}
          />
        </label>
      ))}
    </>
  );
}

interface Dialogs {
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** A card with the periods that last and the button that asks for one more. */
export function PeriodCard({
  id,
  title,
  register,
  mayRegister,
  error,
  dialog,
  changed,
  children,
}: {
  id: string;
  title: string;
  register: string;
  mayRegister: boolean;
  error: string;
  dialog: (dialogs: Dialogs) => ComponentChildren;
  changed: () => void;
  children: ComponentChildren;
}) {
  const asks = useSignal(false);
  const onClose = () => {
    asks.value = false;
  };
  const onDone = () => {
    onClose();
    changed();
  };
  return (
    <section class="card" aria-labelledby={id}>
      <div class="card-head">
        <h2 id={id}>{title}</h2>
        {mayRegister && (
          <button
            type="button"
            class="button"
            onClick={() => {
              asks.value = true;
            }}
          >
            {register}
          </button>
        )}
      </div>
      {error !== '' && (
        <p class="error-text" role="alert">
          {error}
        </p>
      )}
      {children}
      {asks.value && dialog({ onClose, onDone })}
    </section>
  );
}

/** Asks for the end of a period, says that it has ended, and why it has not. */
export function useEnding(said: string, changed: () => void) {
  const error = useSignal('');
  const end = async (path: string, body: object) => {
    const answer = await call('POST', path, { body, key: newKey() });
    error.value = answer.ok ? '' : answer.problem.text;
    if (answer.ok) announce(said);
    changed();
  };
  return { error, end };
}

/** Ends a period that has begun, or takes back one that has not. */
export function EndButton({
  from,
  ends,
  takesBack,
  onEnd,
}: {
  from: number;
  ends: string;
  takesBack: string;
  onEnd: () => void;
}) {
  return (
    <button type="button" class="button" onClick={onEnd}>
      {from <= now.value ? ends : takesBack}
    </button>
  );
}
