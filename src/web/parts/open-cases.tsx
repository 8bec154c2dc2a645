import type { Problem } from '../state/api.ts';
import { t } from '../text/translate.ts';

/** Ways to the cases that have to be attended to first. */
export const CaseLinks = ({ of }: { of: readonly string[] }) => (
  <ul class="plain">
    {of.map((id) => (
      <li key={id}>
        <a href={`/cases/${encodeURIComponent(id)}`}>{t('change.case')}</a>
      </li>
    ))}
  </ul>
);

/** Why the registry did not take a change, with the cases that stand against it. */
export function RegistryRefusal({ of }: { of: Problem | undefined }) {
  const cases = casesIn(of);
  return (
    <div class="error-text" role="alert">
      {of?.text}
      {cases.length > 0 && (
        <>
          <p>{t('change.openCases')}</p>
          <CaseLinks of={cases} />
        </>
      )}
    </div>
  );
}

function casesIn(of: Problem | undefined): readonly string[] {
  const cases = of?.details?.['openCases'];
  return Array.isArray(cases) ? cases.filter((one) => typeof one === 'string') : [];
}
