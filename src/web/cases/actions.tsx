import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CaseEntry } from '../../model/case.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { dayTime, duration } from '../format/time.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useDraft, writeDraft } from '../parts/draft.ts';
import { wallTime } from '../parts/times.tsx';
import { announce } from '../state/announcer.ts';
import { serviceNow } from '../state/clock.ts';
import { type Action, actions, discard, onDone, retry, send } from '../state/outbox.ts';
import { may, user } from '../state/session.ts';
import { t } from '../text/translate.ts';
import { ResolveDialog } from './resolve-dialog.tsx';
import { StepDialog } from './step-dialog.tsx';

/** What can be done about a case, and what became of what was done. On a phone it stays at the bottom of the screen. */
export function CaseActions({
  of: one,
  entries,
  contacts,
  zone,
}: {
  of: NumberedCase;
  entries: readonly CaseEntry[];
  contacts: readonly { readonly id: string; readonly name: string }[];
  zone: string;
}) {
  const open = useSignal<'step' | 'note' | 'resolve' | 'take-over' | undefined>(undefined);
  const mine = useComputed(() => actions.value.filter((action) => action.case === one.id)).value;
  useEffect(
    () =>
      onDone((_, action) => {
        if (action.case === one.id) announce(`${t(`entry.${done(action)}`)} ✓`);
      }),
    [one.id],
  );
  const close = () => {
    open.value = undefined;
  };
  const busy = (type: Action['type']) =>
    mine.some((action) => action.type === type && action.state !== 'refused');
  return (
    <section class="actions" aria-label={t('act.title')}>
      {mine.map((action) => (
        <Fate key={action.key} of={action} zone={zone} onEdit={() => reopen(action, open)} />
      ))}
      {may('responder', one.path) ? (
        <div class="action-bar">
          {one.status === 'open' && (
            <button
              type="button"
              class="button primary"
              aria-disabled={busy('acknowledge')}
              onClick={() => !busy('acknowledge') && send('acknowledge', one, {})}
            >
              {t('act.acknowledge')}
            </button>
          )}
          {one.status === 'acknowledged' && one.acknowledgedBy !== user.value?.name && (
            <button
              type="button"
              class="button"
              aria-disabled={busy('acknowledge')}
              onClick={() => {
                if (!busy('acknowledge')) open.value = 'take-over';
              }}
            >
              {t('act.takeOver')}
            </button>
          )}
          {one.status !== 'resolved' && (
            <button
              type="button"
              class="button"
              onClick={() => {
                open.value = 'step';
              }}
            >
              {t('act.step')}
            </button>
          )}
          <button
            type="button"
            class="button"
            onClick={() => {
              open.value = 'note';
            }}
          >
            {t('act.note')}
          </button>
          {one.status !== 'resolved' && (
            <button
              type="button"
              class={`button ${one.status === 'acknowledged' ? 'primary' : ''}`}
              aria-disabled={busy('resolve')}
              onClick={() => {
                if (!busy('resolve')) open.value = 'resolve';
              }}
            >
              {t('act.resolve')}
            </button>
          )}
        </div>
      ) : (
        <p class="quiet-text">{t('act.viewOnly')}</p>
      )}
      {open.value === 'step' && <StepDialog of={one} contacts={contacts} onClose={close} />}
      {open.value === 'take-over' && <TakeOverDialog of={one} onClose={close} />}
      {open.value === 'note' && <NoteDialog of={one} onClose={close} />}
      {open.value === 'resolve' && <ResolveDialog of={one} entries={entries} zone={zone} onClose={close} />}
    </section>
  );
}

const done = (action: Action) => {
  if (action.type === 'acknowledge') return action.body.takeOver ? 'taken-over' : 'acknowledged';
  return action.type === 'resolve' ? 'resolved' : action.type;
};

/** Somebody has it in hand: they are named before it is taken from them. */
function TakeOverDialog({ of: one, onClose }: { of: NumberedCase; onClose: () => void }) {
  return (
    <Dialog title={t('act.takeOver.title', { number: String(one.number) })} onClose={onClose}>
      <p>{t('act.takeOver.lead', { name: one.acknowledgedBy ?? '' })}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {t('app.cancel')}
        </button>
        <button
          type="button"
          class="button primary"
          onClick={() => {
            send('acknowledge', one, { takeOver: true });
            onClose();
          }}
        >
          {t('act.takeOver')}
        </button>
      </div>
    </Dialog>
  );
}

/** Puts what was refused back into its form. */
function reopen(
  action: Action,
  open: { value: 'step' | 'note' | 'resolve' | 'take-over' | undefined },
): void {
  if (action.type === 'acknowledge') return;
  writeDrafts(action);
  discard(action.key);
  open.value = action.type;
}

function writeDrafts({ case: id, body }: Action): void {
  writeDraft(`note.${id}`, body.text ?? '');
  writeDraft(`outcome.${id}`, body.outcome ?? '');
  writeDraft(`resolve.${id}`, body.note ?? '');
  writeDraft(`contact.${id}`, body.contactMadeBy ?? '');
}

/** An action that is not confirmed: being sent, waiting, held back, or refused with who was first. */
function Fate({ of: action, zone, onEdit }: { of: Action; zone: string; onEdit: () => void }) {
  const what = t(`outbox.${action.type}`);
  const again = () => retry(action.key);
  const drop = () => discard(action.key);
  if (action.state === 'refused') {
    return (
      <div class="fate fate-refused" role="alert">
        <p>{refusalText(action, what, zone)}</p>
        {action.body.text && <blockquote>{action.body.text}</blockquote>}
        <div class="fate-buttons">
          {action.type !== 'acknowledge' && action.problem?.code !== 'CASE_ALREADY_RESOLVED' && (
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
          t('outbox.held', { what, time: wallTime(action.createdAt) })
        ) : (
          <Waiting of={action} what={what} />
        )}
      </p>
      {action.body.text && <blockquote>{action.body.text}</blockquote>}
      <p class="quiet-text">{t('outbox.kept')}</p>
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
  if (found?.status === 'resolved' && problem?.status === 409) {
    return t('outbox.refusedResolved', {
      what,
      name: found.resolvedBy ?? '',
      time: timeOf(found.resolvedAt, zone),
    });
  }
  if (type === 'acknowledge' && found?.acknowledgedBy !== undefined && problem?.status === 409) {
    return t('outbox.refusedFirst', {
      what,
      name: found.acknowledgedBy,
      time: timeOf(found.acknowledgedAt, zone),
    });
  }
  return t('outbox.refused', { what, why: problem?.text ?? '' });
}

const timeOf = (at: number | undefined, zone: string): string =>
  at === undefined ? '' : dayTime(at, serviceNow(), zone);

function NoteDialog({ of: one, onClose }: { of: NumberedCase; onClose: () => void }) {
  const text = useDraft(`note.${one.id}`);
  const error = useSignal('');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (text.value.trim() === '') {
      error.value = t('act.noteMissing');
      return;
    }
    send('note', one, { text: text.value.trim() });
    text.value = '';
    onClose();
  };
  return (
    <Dialog title={t('act.note')} onClose={onClose}>
      <form class="form" onSubmit={submit} noValidate>
        <label class="field">
          <span>{t('act.note.label')}</span>
          <textarea
            rows={4}
            maxLength={2000}
            autofocus
            placeholder={t('act.note.hint')}
            value={text.value}
            aria-invalid={error.value !== ''}
            aria-describedby="note-error"
            onInput={(event) => {
              text.value = event.currentTarget.value;
            }}
          />
        </label>
        <p id="note-error" class="error-text" role="alert">
          {error.value}
        </p>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t('app.cancel')}
          </button>
          <button type="submit" class="button primary">
            {t('act.note.submit')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
