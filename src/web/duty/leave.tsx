import { useSignal } from '@preact/signals';
import { inputTime, instantOf } from '../format/time.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Moment } from '../parts/times.tsx';
import { announce } from '../state/announcer.ts';
import type { RosterReply } from '../state/answers.ts';
import { call, type Problem } from '../state/api.ts';
import { now, serviceNow } from '../state/clock.ts';
import { newKey } from '../state/outbox.ts';
import { may } from '../state/session.ts';
import { t } from '../text/translate.ts';
import { Choice } from './swap-dialog.tsx';

const DAY = 86_400_000;

/** Who is on leave, and the way to say so. */
export function LeaveCard({ of, changed }: { of: RosterReply; changed: () => void }) {
  const asks = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  const { roster, leave, members, timeZone } = of;
  const mayChange = may('responder', roster.node);
  const end = async (staff: string, from: number) => {
    const path = `/rosters/${encodeURIComponent(roster.id)}/return`;
    const answer = await call('POST', path, { body: { staff, from }, key: newKey() });
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) announce(t('duty.leaveEnded'));
    changed();
  };
  const close = () => {
    asks.value = false;
  };
  return (
    <section class="card" aria-labelledby="duty-leave">
      <div class="card-head">
        <h2 id="duty-leave">{t('duty.leave')}</h2>
        {mayChange && (
          <button
            type="button"
            class="button"
            onClick={() => {
              asks.value = true;
            }}
          >
            {t('duty.leaveRegister')}
          </button>
        )}
      </div>
      {problem.value && (
        <p class="error-text" role="alert">
          {problem.value.text}
        </p>
      )}
      {leave.length === 0 && <p class="quiet-text">{t('duty.leaveNone')}</p>}
      <ul class="duty-list">
        {leave.map(({ staff, from, until, note }) => (
          <li key={`${staff} ${from}`}>
            <span>
              <b>{members.find(({ id }) => id === staff)?.name ?? staff}</b>{' '}
              <Moment at={from} zone={timeZone} /> – <Moment at={until} zone={timeZone} />
              {note !== '' && ` ${note}`}
            </span>
            {mayChange && (
              <button type="button" class="button" onClick={() => void end(staff, from)}>
                {t(from <= now.value ? 'duty.leaveEnd' : 'duty.leaveTakeBack')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {asks.value && (
        <LeaveDialog
          of={of}
          onClose={close}
          onDone={() => {
            close();
            changed();
          }}
        />
      )}
    </section>
  );
}

function LeaveDialog({ of, onClose, onDone }: { of: RosterReply; onClose: () => void; onDone: () => void }) {
  const zone = of.timeZone;
  const staff = useSignal(of.members[0]?.id ?? '');
  const from = useSignal(inputTime(serviceNow(), zone));
  const until = useSignal(inputTime(serviceNow() + DAY, zone));
  const note = useSignal('');
  const busy = useSignal(false);
  const error = useSignal('');
  // The same key when the answer was lost and the button is pressed again: it is registered once.
  const key = useSignal(newKey());
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    const [first, last] = [instantOf(from.value, zone), instantOf(until.value, zone)];
    if (first === undefined || last === undefined || last <= first || last <= serviceNow()) {
      error.value = t('away.wrongOrder');
      return;
    }
    busy.value = true;
    const body = { staff: staff.value, from: first, until: last, note: note.value.trim() };
    const path = `/rosters/${encodeURIComponent(of.roster.id)}/leave`;
    const answer = await call('POST', path, { body, key: key.value });
    busy.value = false;
    if (!answer.ok) {
      error.value = answer.problem.text;
      if (answer.problem.status >= 400 && answer.problem.status < 500) key.value = newKey();
      return;
    }
    announce(t('duty.leaveRegistered'));
    onDone();
  };
  const time = (name: 'from' | 'until', value: typeof from) => (
    <label class="field">
      <span>{t(`away.${name}`)}</span>
      <input
        type="datetime-local"
        name={name}
        required
        value={value.value}
        onInput={({ currentTarget }) => {
          value.value = currentTarget.value;
          error.value = '';
        }}
      />
    </label>
  );
  return (
    <Dialog title={t('duty.leaveRegister')} onClose={onClose}>
      <form class="form" noValidate onSubmit={submit}>
        <Choice label={t('duty.who')} name="staff" value={staff} options={of.members} />
        {time('from', from)}
        {time('until', until)}
        <label class="field">
          <span>{t('duty.leaveNote')}</span>
          <input
            name="note"
            maxLength={300}
            value={note.value}
            onInput={({ currentTarget }) => {
              note.value = currentTarget.value;
            }}
          />
        </label>
        <p class="message message-warning">{t('duty.leaveMeans')}</p>
        <p class="error-text" role="alert">
          {error.value}
        </p>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t('app.cancel')}
          </button>
          <button type="submit" class="button primary" aria-disabled={busy.value}>
            {t('duty.leaveSubmit')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
