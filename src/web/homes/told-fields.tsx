import { type Signal, useSignal } from '@preact/signals';
import type { Text } from '../../model/text.ts';
import { inputTime, instantOf } from '../format/time.ts';
import { serviceNow } from '../state/clock.ts';
import { pick, t } from '../text/translate.ts';

/** What the forms have in common in which somebody tells of something that was. */

/** A moment in the time of the place. Left as it stands it means now, to the second. */
export interface ToldMoment {
  readonly text: Signal<string>;
  /** Undefined: it lies ahead or is none, which then stands in the error. */
  readonly read: () => number | 'now' | undefined;
}

export function useMoment(zone: string, error: Signal<string>): ToldMoment {
  const first = useSignal(inputTime(serviceNow(), zone));
  const text = useSignal(first.value);
  const read = () => {
    if (text.value === first.value) return 'now';
    const at = instantOf(text.value, zone);
    if (at !== undefined && at <= serviceNow()) return at;
    error.value = t('visits.ahead');
    return undefined;
  };
  return { text, read };
}

export function MomentField({ of: { text }, error }: { of: ToldMoment; error: Signal<string> }) {
  return (
    <label class="field">
      <span>{t('visits.at')}</span>
      <input
        type="datetime-local"
        name="at"
        required
        value={text.value}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value;
          error.value = '';
        }}
      />
    </label>
  );
}

export function NoteField({ of, label }: { of: Signal<string>; label: string }) {
  return (
    <label class="field">
      <span>{label}</span>
      <textarea
        rows={2}
        maxLength={300}
        value={of.value}
        onInput={({ currentTarget }) => {
          of.value = currentTarget.value;
        }}
      />
    </label>
  );
}

/** One of a few, each a button that a thumb can hit. */
export function Choice<N extends string>({
  of,
  names,
  titles,
  legend,
}: {
  of: Signal<N>;
  names: readonly N[];
  titles: Readonly<Record<N, Text>>;
  legend: string;
}) {
  return (
    <fieldset class="choice">
      <legend>{legend}</legend>
      {names.map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={of.value === name}
          onClick={() => {
            of.value = name;
          }}
        >
          {pick(titles[name])}
        </button>
      ))}
    </fieldset>
  );
}
