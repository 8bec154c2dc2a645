import { isSamePerson, ownerOf } from '../../model/case.ts';
import { CASE_MARKS, markedAt, newestMarks } from '../../model/case-marks.ts';
import type { NumberedCase } from '../../ports/records.ts';
import type { Action } from '../state/action.ts';
import { now } from '../state/clock.ts';
import { send } from '../state/outbox.ts';
import { me } from '../state/session.ts';
import { pick, t } from '../text/translate.ts';

/** As long as somebody may still notice that they pressed the wrong button. */
const SHOWN_MS = 15 * 60_000;

/** The step that whoever has the case said last, and how to take it back: it keeps others from being called. */
export function JustSaid({ of: one, waiting }: { of: NumberedCase; waiting: readonly Action[] }) {
  const [mark] = newestMarks(one);
  if (mark === undefined || one.status !== 'acknowledged' || !isSamePerson(ownerOf(one), me())) return null;
  if (now.value - (markedAt(one, mark) ?? 0) > SHOWN_MS) return null;
  const isBusy = waiting.some(({ type, state }) => type === 'withdraw-step' && state !== 'refused');
  return (
    <p class="just-said quiet-text">
      <span>{t('act.justSaid', { step: pick(CASE_MARKS[mark]) })}</span>
      <button
        type="button"
        class="button"
        aria-disabled={isBusy}
        onClick={() => {
          if (!isBusy) send('withdraw-step', one, { expectedVersion: one.version });
        }}
      >
        {t('act.withdraw-step')}
      </button>
    </p>
  );
}
