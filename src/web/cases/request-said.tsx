import type { CaseEntry } from '../../model/case.ts';
import { pick, t } from '../text/translate.ts';

/** What was asked for, and by whom: no alert of a request says it. */
export function RequestSaid({ entries }: { entries: readonly CaseEntry[] }) {
  const opened = entries.find(({ type }) => type === 'opened');
  if (!opened) return null;
  return (
    <section class="card" aria-labelledby="request">
      <h2 id="request">{t('kind.request')}</h2>
      <p>{pick(opened.text)}</p>
    </section>
  );
}
