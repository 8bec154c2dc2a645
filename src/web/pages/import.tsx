import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ImportState, useImportFar } from '../onboarding/import-far.tsx';
import { Outcome, Problems } from '../onboarding/import-outcome.tsx';
import { type ChosenFile, readList } from '../onboarding/list-file.ts';
import { Icon } from '../parts/icons.tsx';
import { announce } from '../state/announcer.ts';
import type { ImportReply } from '../state/answers.ts';
import { type Answer, call } from '../state/api.ts';
import { newKey } from '../state/outbox.ts';
import { loadNodes } from '../state/places.ts';
import { pageTitle } from '../state/settings.ts';
import { locale, t } from '../text/translate.ts';

/** The service reads a large list for up to a minute, and takes one of a city over in pieces. */
const TIMEOUT_MS = 300_000;

const sent = ({ format, text }: ChosenFile, dryRun: boolean): Promise<Answer<ImportReply>> =>
  call<ImportReply>('POST', '/registry/import', {
    body: { format, text, dryRun },
    key: newKey(),
    timeoutMs: TIMEOUT_MS,
  });

/** What a file would do is shown before it does it. */
export function ImportPage() {
  const file = useSignal<ChosenFile | undefined>(undefined);
  const outcome = useSignal<ImportReply | undefined>(undefined);
  const problem = useSignal('');
  const busy = useSignal<'trying' | 'taking' | undefined>(undefined);
  const far = useImportFar(busy.value === 'taking');
  useEffect(() => {
    pageTitle.value = t('import.title');
  }, [locale.value]);
  const ask = async (what: ChosenFile, dryRun: boolean) => {
    busy.value = dryRun ? 'trying' : 'taking';
    const answer = await sent(what, dryRun);
    busy.value = undefined;
    problem.value = answer.ok ? '' : answer.problem.text;
    if (answer.ok) outcome.value = answer.value;
    // Somebody has changed the registry since it was tried: what stands against it now is told like before.
    else if (isOutcome(answer.problem.details)) outcome.value = answer.problem.details;
  };
  const choose = async (chosen: File | undefined) => {
    if (!chosen) return;
    outcome.value = undefined;
    const read = await readList(chosen);
    problem.value = typeof read === 'string' ? read : '';
    file.value = typeof read === 'string' ? undefined : read;
    if (file.value) await ask(file.value, true);
  };
  const submit = async () => {
    if (!file.value || busy.value) return;
    await ask(file.value, false);
    if (!outcome.value?.applied) return;
    announce(t('import.done', figuresOf(outcome.value)));
    void loadNodes();
  };
  const told = outcome.value;
  return (
    <div class="page">
      <a class="back" href="/onboarding">
        <Icon name="back" />
        <span>{t('onboard.title')}</span>
      </a>
      <h1>{t('import.title')}</h1>
      <p class="lead">{t('import.lead')}</p>
      <ImportState of={far.value} />
      <section class="card import-card">
        <p class="quiet-text">{t('import.columns')}</p>
        <label class="button primary file-choice">
          <input
            type="file"
            class="hidden"
            accept=".csv,.tsv,.txt,.yaml,.yml,text/csv,text/plain"
            onChange={(event) => {
              void choose(event.currentTarget.files?.[0]);
              // The same file, corrected, is chosen again.
              event.currentTarget.value = '';
            }}
          />
          {t('import.file')}
        </label>
        {file.value && <p class="quiet-text">{file.value.name}</p>}
        <p class="error-text" role="alert">
          {problem.value}
        </p>
        <div aria-live="polite">
          {busy.value && (
            <p class="loading">{t(busy.value === 'trying' ? 'import.reading' : 'import.taking')}</p>
          )}
          {told?.applied && <p class="message">{t('import.done', figuresOf(told))}</p>}
        </div>
        {told && told.problems.length > 0 && <Problems of={told.problems} more={told.problemsMore} />}
        {told && told.problems.length === 0 && !told.applied && (
          <>
            <Outcome of={told} />
            {told.put > 0 && (
              <div class="form-actions">
                <button
                  type="button"
                  class="button primary"
                  aria-disabled={busy.value !== undefined}
                  onClick={() => void submit()}
                >
                  {t('import.submit')}
                </button>
              </div>
            )}
          </>
        )}
      </section>
    </div>
  );
}

const figuresOf = ({ added = 0, changed = 0 }: ImportReply) => ({ added, changed });

const isOutcome = (details: unknown): details is ImportReply =>
  Array.isArray((details as { problems?: unknown } | undefined)?.problems);
