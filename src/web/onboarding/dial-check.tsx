import { useSignal } from '@preact/signals';
import type { CapturedMessage } from '../state/answers.ts';
import { number, t } from '../text/translate.ts';
import { DIALS, dialOf, isHardlyOfFlat, READ, type Read } from './dial.ts';

/** The newest index of a water meter among the messages that have come. */
function newestIndex(messages: readonly CapturedMessage[]): number | undefined {
  const indexes = messages.flatMap(({ readings }) =>
    readings.filter(({ metric }) => metric === 'water_index_m3'),
  );
  return indexes.reduce<(typeof indexes)[number] | undefined>(
    (newest, one) => (newest && newest.at >= one.at ? newest : one),
    undefined,
  )?.value;
}

/**
 * Whoever mounts a meter stands before its dial: the one time that somebody can see whether what it says is in the unit that
 * it is taken for. A thousandfold use of water would be found to be a burst, or nothing at all.
 */
export function DialCheck({ of }: { of: readonly CapturedMessage[] }) {
  const read = useSignal<Read | undefined>(undefined);
  const m3 = newestIndex(of);
  if (m3 === undefined) return null;
  return (
    <section class="dial-check" data-dial>
      <h3>{t('dial.title')}</h3>
      <p>{t('dial.lead')}</p>
      <p>
        <Figures m3={m3} />
      </p>
      {isHardlyOfFlat(m3) && <p class="message message-bad">{t('dial.large', { m3: number(m3) })}</p>}
      <fieldset class="choice">
        <legend>{t('dial.asks')}</legend>
        {READ.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={read.value === one}
            onClick={() => {
              read.value = one;
            }}
          >
            {one === 'other' ? t('dial.other') : <Figures m3={m3 * DIALS[one]} />}
          </button>
        ))}
      </fieldset>
      <div aria-live="polite">
        {read.value && (
          <p class={`message ${read.value === 'same' ? '' : 'message-warning'}`}>
            {t(`dial.is.${read.value}`)}
          </p>
        )}
      </div>
    </section>
  );
}

/** As they stand on the dial: black before the point, red behind it. */
function Figures({ m3 }: { m3: number }) {
  const { whole, litres } = dialOf(m3);
  return (
    <span class="dial num">
      <b>{whole}</b>
      <span class="dial-litres">.{litres}</span> m³
    </span>
  );
}
