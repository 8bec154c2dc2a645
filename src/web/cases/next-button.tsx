import type { NumberedCase } from '../../ports/records.ts';
import { useRest } from '../parts/rest.ts';
import type { ActionType } from '../state/action.ts';
import { send } from '../state/outbox.ts';
import { t } from '../text/translate.ts';
import type { NextStep } from './next-step.ts';

/** Asked in a dialog first: it takes from somebody, or wants an answer. */
type Asked = 'take-over' | 'call-back';
const TYPES: Record<Exclude<NextStep, 'resolve'>, ActionType> = {
  acknowledge: 'acknowledge',
  'take-over': 'acknowledge',
  'on-the-way': 'step',
  'on-site': 'step',
  'call-back': 'call-back',
};

/**
 * What is to be done next, one tap away. The step after it takes its place under the finger, so that a second tap in
 * haste would say that somebody is there who has not left the house: each new step first rests for a moment.
 */
export function NextButton({
  of: one,
  next,
  busy,
  onAsk,
}: {
  of: NumberedCase;
  next: Exclude<NextStep, 'resolve'>;
  busy: (type: ActionType) => boolean;
  onAsk: (what: Asked) => void;
}) {
  const rest = useRest(next);
  const waits = busy(TYPES[next]) || rest.isResting;
  const act = () => {
    if (rest.isResting) rest.begin();
    if (waits) return;
    if (next === 'acknowledge') send('acknowledge', one, {});
    else if (next === 'on-the-way' || next === 'on-site') send('step', one, { step: next });
    else onAsk(next);
  };
  return (
    <button
      type="button"
      class={`button ${next === 'take-over' ? '' : 'primary'}`}
      aria-disabled={waits}
      onClick={act}
    >
      {t(`act.next.${next}`)}
    </button>
  );
}
