import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { AWAY_KINDS, AWAY_TITLES, type AwayKind, isAbsence } from '../../model/away-kinds.ts';
import { inputTime, instantOf } from '../format/time.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormButtons, useOnce } from '../parts/form.tsx';
import { PeriodFields, usePeriod } from '../parts/period.tsx';
import { shortPlace } from '../parts/place.tsx';
import { announce } from '../state/announcer.ts';
import type { HomeDetail } from '../state/answers.ts';
import { pick, t } from '../text/translate.ts';

const HOUR = 3_600_000;
/** What is said most often, in hours from the beginning. */
const LENGTHS = [
  { hours: 24, text: 'away.for.1' },
  { hours: 72, text: 'away.for.3' },
  { hours: 168, text: 'away.for.7' },
  { hours: 336, text: 'away.for.14' },
] as const;

/** From when until when, and why. The times are those of the home. */
export function AwayDialog({
  of: home,
  onClose,
  onDone,
}: {
  of: HomeDetail;
  onClose: () => void;
  onDone: () => void;
}) {
  const id = useId();
  const zone = home.timeZone;
  const kind = useSignal<AwayKind>('travel');
  const note = useSignal('');
  const { busy, error, post } = useOnce();
  const draft = usePeriod(zone, 24 * HOUR, error);
  const { from, until } = draft;
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    const period = draft.read();
    if (!period) return;
    const said = note.value.trim();
    const body = { ...period, kind: kind.value, ...(said === '' ? {} : { note: said }) };
    if (!(await post(`/homes/${encodeURIComponent(home.home.id)}/away`, body))) return;
    announce(t('away.registered'));
    onDone();
  };
  const begin = instantOf(from.value, zone);
  return (
    <Dialog title={t('away.dialog', { place: shortPlace(home) })} onClose={onClose}>
      <form class="form" noValidate onSubmit={submit}>
        <fieldset class="choice">
          <legend>{t('away.kind')}</legend>
          {AWAY_KINDS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={kind.value === one}
              onClick={() => {
                kind.value = one;
              }}
            >
              {pick(AWAY_TITLES[one])}
            </button>
          ))}
        </fieldset>
        <PeriodFields of={draft} error={error} describedBy={`${id}-error`} />
        <fieldset class="choice">
          <legend>{t('away.for')}</legend>
          {LENGTHS.map(({ hours, text }) => {
            const end = begin === undefined ? '' : inputTime(begin + hours * HOUR, zone);
            return (
              <button
                key={text}
                type="button"
                aria-pressed={end !== '' && until.value === end}
                onClick={() => {
                  if (end !== '') until.value = end;
                  error.value = '';
                }}
              >
                {t(text)}
              </button>
            );
          })}
        </fieldset>
        <label class="field">
          <span>{t('away.note')}</span>
          <textarea
            rows={2}
            maxLength={300}
            value={note.value}
            onInput={(event) => {
              note.value = event.currentTarget.value;
            }}
          />
        </label>
        <p class="message message-warning">
          {t(isAbsence({ kind: kind.value }) ? 'away.means' : 'away.means.visitors')}
        </p>
        <p id={`${id}-error`} class="error-text" role="alert">
          {error.value}
        </p>
        <FormButtons submit={t('away.submit')} onClose={onClose} busy={busy.value} />
      </form>
    </Dialog>
  );
}
