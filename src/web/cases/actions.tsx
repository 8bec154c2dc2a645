import { type Signal, useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Alert } from '../../model/alert.ts';
import { type CaseEntry, isSamePerson, ownerOf, resolverOf } from '../../model/case.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { Dialog } from '../parts/dialog.tsx';
import type { Action, ActionType } from '../state/action.ts';
import { announce } from '../state/announcer.ts';
import { writeDraft } from '../state/drafts.ts';
import { actions, discard, onDone, send } from '../state/outbox.ts';
import { may, mayActOn, me } from '../state/session.ts';
import { t } from '../text/translate.ts';
import { CallBackDialog, ReasonDialog } from './after-dialogs.tsx';
import { AssignDialog } from './assign-dialog.tsx';
import { Fate } from './fate.tsx';
import { JustSaid } from './just-said.tsx';
import { NextButton } from './next-button.tsx';
import { nextStep, ownerName } from './next-step.ts';
import { NoteDialog } from './note-dialog.tsx';
import { smallPhoto } from './photo.ts';
import { ResolveDialog } from './resolve-dialog.tsx';
import { StepDialog } from './step-dialog.tsx';

type DialogName =
  | 'step'
  | 'note'
  | 'resolve'
  | 'take-over'
  | 'assign'
  | 'call-back'
  | 'give-back'
  | 'reopen'
  | 'strike-off'
  | 'more';
type Open = Signal<DialogName | undefined>;

/** What can be done about a case, and what became of what was done. On a phone it stays at the bottom of the screen. */
export function CaseActions({
  of: one,
  alerts,
  entries,
  contacts,
  zone,
}: {
  of: NumberedCase;
  alerts: readonly Alert[];
  entries: readonly CaseEntry[];
  contacts: readonly { readonly id: string; readonly name: string }[];
  zone: string;
}) {
  const open: Open = useSignal<DialogName | undefined>(undefined);
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
  return (
    <section class="actions" aria-label={t('act.title')}>
      {mine.map((action) => (
        <Fate key={action.key} of={action} zone={zone} onEdit={() => reopen(action, open)} />
      ))}
      {mayActOn(one) ? (
        <>
          <JustSaid of={one} waiting={mine} />
          <Bar of={one} waiting={mine} open={open} />
        </>
      ) : (
        <p class="quiet-text">{t('act.viewOnly')}</p>
      )}
      {open.value === 'step' && <StepDialog of={one} contacts={contacts} onClose={close} />}
      {open.value === 'take-over' && <TakeOverDialog of={one} onClose={close} />}
      {open.value === 'note' && <NoteDialog of={one} onClose={close} />}
      {open.value === 'resolve' && (
        <ResolveDialog of={one} alerts={alerts} entries={entries} zone={zone} onClose={close} />
      )}
      {open.value === 'assign' && <AssignDialog of={one} onClose={close} />}
      {open.value === 'call-back' && <CallBackDialog of={one} onClose={close} />}
      {(open.value === 'reopen' || open.value === 'strike-off' || open.value === 'give-back') && (
        <ReasonDialog of={one} what={open.value} onClose={close} />
      )}
      {open.value === 'more' && <MoreDialog of={one} open={open} />}
    </section>
  );
}

/** The next step first, then what is done all the time; the rest behind one more tap. */
function Bar({ of: one, waiting, open }: { of: NumberedCase; waiting: readonly Action[]; open: Open }) {
  const next = nextStep(one, me());
  const atWork = one.status === 'open' || one.status === 'acknowledged';
  const isBusy = (type: Action['type']) =>
    waiting.some((action) => action.type === type && action.state !== 'refused');
  if (one.status === 'struck-off') return <p class="quiet-text">{t('act.over')}</p>;
  return (
    <>
      {one.status === 'resolved' && next === undefined && (
        <p class="quiet-text">{t('act.callBack.byAnother')}</p>
      )}
      <div class="action-bar">
        {next && next !== 'resolve' && (
          <NextButton
            of={one}
            next={next}
            busy={isBusy}
            onAsk={(name) => {
              open.value = name;
            }}
          />
        )}
        {atWork && <Tap open={open} name="step" text={t('act.step')} />}
        <Tap open={open} name="note" text={t('act.note.short')} label={t('act.note')} />
        {atWork && (
          <button
            type="button"
            class={`button ${next === 'resolve' ? 'primary' : ''}`}
            aria-disabled={isBusy('resolve')}
            onClick={() => {
              if (!isBusy('resolve')) open.value = 'resolve';
            }}
          >
            {t('act.resolve')}
          </button>
        )}
        <Tap open={open} name="more" text={t('act.more')} />
      </div>
    </>
  );
}

function Tap({ open, name, text, label }: { open: Open; name: DialogName; text: string; label?: string }) {
  return (
    <button
      type="button"
      class="button"
      aria-label={label}
      onClick={() => {
        open.value = name;
      }}
    >
      {text}
    </button>
  );
}

const done = (action: Action) => {
  switch (action.type) {
    case 'acknowledge':
      return action.body.takeOver ? 'taken-over' : 'acknowledged';
    case 'assign':
      return 'assigned';
    case 'resolve':
      return 'resolved';
    case 'call-back':
      return 'called-back';
    case 'strike-off':
      return 'struck-off';
    case 'reopen':
      return 'reopened';
    case 'withdraw-step':
      return 'step-withdrawn';
    case 'give-back':
      return 'given-back';
    default:
      return action.type;
  }
};

/** What is done more seldom. */
function MoreDialog({ of: one, open }: { of: NumberedCase; open: Open }) {
  const resolved = one.status === 'resolved';
  const isMine = one.status === 'acknowledged' && isSamePerson(ownerOf(one), me());
  const others = resolved && !isSamePerson(resolverOf(one), me());
  const close = () => {
    open.value = undefined;
  };
  const go = (name: DialogName) => () => {
    open.value = name;
  };
  return (
    <Dialog title={t('act.more.title', { number: String(one.number) })} onClose={close}>
      <div class="steps">
        <PhotoButton of={one} onSent={close} />
        {!resolved && (
          <button type="button" class="button" onClick={go('assign')}>
            {t('act.assign')}
          </button>
        )}
        {isMine && (
          <button type="button" class="button" onClick={go('give-back')}>
            {t('act.give-back')}
          </button>
        )}
        {resolved && (
          <button type="button" class="button" onClick={go('reopen')}>
            {t('act.reopen')}
          </button>
        )}
        {others && may('operator', one.path) && (
          <button type="button" class="button" onClick={go('strike-off')}>
            {t('act.strike-off')}
          </button>
        )}
      </div>
      <p class="quiet-text">{t('act.photo.kept')}</p>
    </Dialog>
  );
}

/** Opens the camera of a phone, or the files of a desk. */
function PhotoButton({ of: one, onSent }: { of: NumberedCase; onSent: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const error = useSignal('');
  const busy = useSignal(false);
  const take = async (file: File | undefined) => {
    if (!file || busy.value) return;
    busy.value = true;
    const photo = await smallPhoto(file);
    busy.value = false;
    if (!photo) {
      error.value = t('act.photo.unreadable');
      return;
    }
    send('photo', one, photo);
    onSent();
  };
  return (
    <>
      <button type="button" class="button" aria-disabled={busy.value} onClick={() => input.current?.click()}>
        {t('act.photo')}
      </button>
      <input
        ref={input}
        class="hidden"
        type="file"
        name="photo"
        accept="image/*"
        capture="environment"
        tabIndex={-1}
        aria-label={t('act.photo')}
        onChange={(event) => void take(event.currentTarget.files?.[0])}
      />
      {error.value && (
        <p class="error-text" role="alert">
          {error.value}
        </p>
      )}
    </>
  );
}

/** Somebody has it in hand: they are named before it is taken from them. */
function TakeOverDialog({ of: one, onClose }: { of: NumberedCase; onClose: () => void }) {
  return (
    <Dialog title={t('act.takeOver.title', { number: String(one.number) })} onClose={onClose}>
      <p>{t('act.takeOver.lead', { name: ownerName(one, me()) })}</p>
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
function reopen(action: Action, open: Open): void {
  const { type } = action;
  if (type === 'acknowledge' || type === 'assign' || type === 'photo' || type === 'withdraw-step') return;
  writeDrafts(action);
  discard(action.key);
  open.value = type;
}

/** Into its own form alone: what somebody is writing in another of the same case is theirs. */
function writeDrafts({ case: id, type, body }: Action): void {
  const { text, note, reason, outcome, contactMadeBy, contact, result } = body;
  const forms: Partial<Record<ActionType, Readonly<Record<string, string | undefined>>>> = {
    note: { note: text },
    step: { 'step-note': note },
    resolve: { outcome, resolve: note, contact: contactMadeBy, 'contact-way': contact },
    'call-back': { 'call-back': result, 'call-back-note': note },
    reopen: { reopen: reason },
    'strike-off': { 'strike-off': reason },
    'give-back': { 'give-back': reason },
  };
  for (const [name, value = ''] of Object.entries(forms[type] ?? {})) writeDraft(`${name}.${id}`, value);
}
