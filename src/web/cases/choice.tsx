import { useRef } from 'preact/hooks';
import type { NumberedCase } from '../../ports/records.ts';
import { placeOf } from '../parts/place.tsx';
import { pick, t } from '../text/translate.ts';
import { feed } from './case-feed.ts';
import { choose } from './choosing.ts';
import { chosen, isOffered } from './take-many.ts';

/** The row that was chosen last, from which Shift reaches. */
let anchor: string | undefined;

/** The box of a row: all of the row is its label, so that a thumb need not aim. A P1 has none. */
export function Choice({ of: one }: { of: NumberedCase }) {
  // Whoever clicks a label has the box clicked for them, which in some browsers does not know of Shift.
  const isRange = useRef(false);
  if (one.priority === 'P1') return <span class="quiet-text">{t('many.alone')}</span>;
  if (!isOffered(one)) return null;
  const change = (on: boolean) => {
    const offered = feed.peek().list.rows.filter(isOffered);
    const before = chosen.peek() ?? new Map();
    const from = isRange.current && before.size > 0 ? anchor : undefined;
    chosen.value = choose(before, offered, one.id, on, from);
    anchor = one.id;
  };
  return (
    <label
      class="choice-box"
      onPointerDown={(event) => {
        isRange.current = event.shiftKey;
      }}
      onKeyDown={(event) => {
        isRange.current = event.shiftKey;
      }}
    >
      <input
        type="checkbox"
        checked={chosen.value?.has(one.id) ?? false}
        aria-label={t('many.box', { number: String(one.number), place: placeOf(one) ?? pick(one.title) })}
        onChange={(event) => change(event.currentTarget.checked)}
      />
    </label>
  );
}
