import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { NumberedCase } from '../../ports/records.ts';
import { dayTime, duration } from '../format/time.ts';
import type { Action } from '../state/action.ts';
import { serviceNow } from '../state/clock.ts';
import { promises } from '../state/late-deeds.ts';
import { deedName, discard, retry } from '../state/outbox.ts';
import { zoneOf } from '../state/places.ts';
import { me } from '../state/session.ts';
import { type PlainKey, t } from '../text/translate.ts';
import { ownerName } from './next-step.ts';

/** What can be put back into a form, and whose case still takes it. */
const hasForm = ({ type, problem }: Action): boolean =>
  type !== 'acknowledge' &&
  type !== 'assign' &&
  type !== 'photo' &&
  type !== 'withdraw-step' &&
  problem?.code !== 'CASE_ALREADY_RESOLVED' &&
  problem?.code !== 'CASE_STRUCK_OFF';

/** When it was done, by the clock of this browser: it may have been yesterday. */
export const pressedTime = ({ createdAt }: Action): string => dayTime(createdAt, Date.now(), zoneOf());

/** What becomes of it when the service is back. */
export function keptText(action: Action): PlainKey {
  if (action.state === 'held') return 'outbox.keptHeld';
  return promises(action) ? 'outbox.keptPromise' : 'outbox.kept';
}

/** An action that is not confirmed: being sent, waiting, held back, or refused with who was first. */
export function Fate({ of: action, zone, onEdit }: { of: Action; zone: string; onEdit: () => void }) {
  const what = deedName(action);
  const { text, note, reason } = action.body;
  // What somebody wrote is theirs until it has arrived, or they have read that it has not.
  const said = text ?? note ?? reason;
  const again = () => retry(action.key);
  const drop = () => discard(action.key);
  if (action.state === 'refused') {
    return (
      <div class="fate fate-refused" role="alert">
        <p>{refusalText(action, what, zone)}</p>
        {said && <blockquote>{said}</blockquote>}
        <div class="fate-buttons">
          {hasForm(action) && (
            <button type="button" class="button" onClick={onEdit}>
              {t('outbox.edit')}
            </button>
          )}
          <button type="button" class="button" onClick={drop}>
            {t('outbox.understood')}
          </button>
        </div>
      </div>
    );
  }
  if (action.state === 'sending') return <p class="fate">{t('outbox.sending', { what })}</p>;
  return (
    <div class="fate fate-waiting">
      <p>
        {action.state === 'held' ? (
          t(promises(action) ? 'outbox.heldPromise' : 'outbox.held', { what, time: pressedTime(action) })
        ) : (
          <Waiting of={action} what={what} />
        )}
      </p>
      {said && <blockquote>{said}</blockquote>}
      <p class="quiet-text">{t(keptText(action))}</p>
      <div class="fate-buttons">
        <button type="button" class="button primary" onClick={again}>
          {action.state === 'held' ? t('outbox.send') : t('outbox.retry')}
        </button>
        <button type="button" class="button" onClick={drop}>
          {t('outbox.discard')}
        </button>
      </div>
    </div>
  );
}

function Waiting({ of: action, what }: { of: Action; what: string }) {
  const left = useSignal(0);
  useEffect(() => {
    const count = () => {
      left.value = (action.nextAt ?? 0) - Date.now();
    };
    count();
    const timer = setInterval(count, 1000);
    return () => clearInterval(timer);
  }, [action.nextAt]);
  if (action.problem?.status === 401) return <>{t('outbox.signIn', { what })}</>;
  if (left.value <= 0) return <>{t('outbox.waitingNow', { what })}</>;
  return <>{t('outbox.waiting', { what, time: duration(left.value) })}</>;
}

/** Who was first, where that is the reason; else the service's own words. */
function refusalText({ problem, type }: Action, what: string, zone: string): string {
  const found = problem?.details as Partial<NumberedCase> | undefined;
  if (found?.status === 'resolved' && problem?.code === 'CASE_ALREADY_RESOLVED') {
    return t('outbox.refusedResolved', {
      what,
      name: found.resolvedBy ?? '',
      time: timeOf(found.resolvedAt, zone),
    });
  }
  if (type === 'acknowledge' && found?.acknowledgedBy !== undefined && problem?.status === 409) {
    return t('outbox.refusedFirst', {
      what,
      name: ownerName(found, me()),
      time: timeOf(found.acknowledgedAt, zone),
    });
  }
  return t('outbox.refused', { what, why: problem?.text ?? '' });
}

const timeOf = (at: number | undefined, zone: string): string =>
  at === undefined ? '' : dayTime(at, serviceNow(), zone);
