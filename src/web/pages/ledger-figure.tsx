import { t } from '../text/translate.ts';

/** What it is now, and what it was in the period before. */
export function Figure({
  name,
  of,
  past,
}: {
  name: string;
  of: number | string;
  past: number | string | undefined;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="num">
        {of}
        {past !== undefined && <span class="quiet-text ledger-past"> {t('ledger.before', { n: past })}</span>}
      </dd>
    </div>
  );
}
