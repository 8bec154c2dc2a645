import { OUTCOME_NAMES, OUTCOMES } from '../../model/case.ts';
import { NO_MILDER } from '../../model/no-milder.ts';
import { useOnce } from '../parts/form.tsx';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import { Sideways } from '../parts/sideways.tsx';
import { Moment } from '../parts/times.tsx';
import { announce } from '../state/announcer.ts';
import type { PrecisionReply, ProposalReply } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { FIGURES_EVERY_MS } from '../state/loading.ts';
import { isOperator } from '../state/session.ts';
import { number, pick, t } from '../text/translate.ts';
import type { Period } from './ledger-query.ts';

/** How often rules were right, and limits that would fit a home better. */
export function Precision({ from, to, kind, path }: Period) {
  const query = { from, to, ...(path === '' ? {} : { path }) };
  const precision = useLoaded(
    () => get<PrecisionReply>('/precision', query),
    [from, to, path],
    FIGURES_EVERY_MS,
  );
  const { value } = precision.value;
  return (
    <>
      <Proposals />
      <section class="card" aria-labelledby="precision">
        <h2 id="precision">{t('precision.title')}</h2>
        <p id="precision-lead" class="quiet-text">
          {t('precision.lead')}
        </p>
        {kind !== '' && <p class="warning-text">{t('precision.allKinds')}</p>}
        <LoadState of={precision}>
          {value?.truncated && <p class="warning-text">{t('ledger.truncated', { n: value.cases })}</p>}
          {value && value.rules.length === 0 && <p class="quiet-text">{t('precision.none')}</p>}
          {value && value.rules.length > 0 && (
            <Sideways labelledBy="precision-lead">
              <Table
                of={[
                  ...(value.people.cases > 0
                    ? [{ ...value.people, id: '', name: t('precision.people') }]
                    : []),
                  ...value.rules.map((one) => ({
                    ...one,
                    id: one.rule,
                    name: ruleName(one),
                    note: one.title && one.rule,
                  })),
                ]}
                head={t('precision.rule')}
              />
              <Table
                of={value.homes.map((one) => ({ ...one, id: one.home, name: pick(one.place) }))}
                head={t('precision.home')}
                class="no-print"
              />
            </Sideways>
          )}
        </LoadState>
      </section>
    </>
  );
}

type Row = Omit<PrecisionReply['rules'][number], 'rule' | 'title'> & {
  /** Two communities may have a 3号楼 501 each. */
  readonly id: string;
  readonly name: string;
  /** The id, for whoever looks it up in the file of rules. */
  readonly note?: string | undefined;
};

const ruleName = ({ rule, title }: Pick<PrecisionReply['rules'][number], 'rule' | 'title'>): string =>
  title ? pick(title) : rule;

function Table({ of, head, class: more = '' }: { of: readonly Row[]; head: string; class?: string }) {
  return (
    <table class={`table ${more}`}>
      <thead>
        <tr>
          <th scope="col">{head}</th>
          {[
            t('precision.cases'),
            t('precision.true'),
            t('precision.false'),
            t('precision.unknown'),
            t('precision.share'),
          ].map((name) => (
            <th key={name} scope="col" class="num">
              {name}
            </th>
          ))}
          <th scope="col">{t('case.outcome')}</th>
        </tr>
      </thead>
      <tbody>
        {of.map((one) => (
          <tr key={one.id}>
            <th scope="row">
              {one.name}
              {one.note && <code class="rule-id"> {one.note}</code>}
            </th>
            {[one.cases, one.true, one.false, one.unknown].map((n, i) => (
              <td key={i} class="num">
                {number(n)}
              </td>
            ))}
            <td class="num">{shareOf(one)}</td>
            <td class="quiet-text">
              {OUTCOME_NAMES.filter((name) => one.byOutcome[name])
                .map((name) => `${pick(OUTCOMES[name])} ${one.byOutcome[name]}`)
                .join(' · ')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const percent = (share: number): number => Math.round(100 * share);

/** With the range in which it lies: of a few cases it is wide, and says so. */
function shareOf({ share, low, high }: Row): string {
  if (share === undefined || low === undefined || high === undefined) return '–';
  return t('precision.range', { share: percent(share), low: percent(low), high: percent(high) });
}

function Proposals() {
  const proposals = useLoaded(
    () => get<{ items: readonly ProposalReply[] }>('/precision/proposals'),
    [],
    FIGURES_EVERY_MS,
  );
  const { value, again } = proposals.value;
  if (!value || value.items.length === 0) return null;
  return (
    <section class="card no-print" aria-labelledby="proposals">
      <h2 id="proposals">{t('proposal.title')}</h2>
      <p class="quiet-text">{t('proposal.lead')}</p>
      <ul class="away-list">
        {value.items.map((one) => (
          <Proposal key={`${one.home}.${one.rule}`} of={one} done={again} />
        ))}
      </ul>
    </section>
  );
}

function Proposal({ of: one, done }: { of: ProposalReply; done: () => void }) {
  const { busy, error, post } = useOnce();
  const { limit } = one;
  const wrong = one.cases.filter((each) => each.false).length;
  const accept = async () => {
    if (!limit || busy.value) return;
    const reason = t('proposal.reason', { wrong, of: one.cases.length });
    const body = { home: one.home, rule: one.rule, param: limit.param, to: limit.to, reason };
    if (await post('/precision/proposals/accept', body)) announce(t('proposal.accepted'));
    done();
  };
  return (
    <li>
      <div>
        <p>
          <b>{pick(one.place)}</b> · {ruleName(one)} {one.title && <code>{one.rule}</code>} ·{' '}
          {t('proposal.wrong', { wrong, of: one.cases.length })}
        </p>
        {limit ? (
          <p>
            {pick(limit.title)}
            {t('app.colon')}
            {number(limit.from)} → <b>{number(limit.to)}</b> {limit.unit}
          </p>
        ) : (
          <p class="warning-text">{pick(NO_MILDER[one.why ?? 'not-measured'])}</p>
        )}
        <ul class="plain-list quiet-text">
          {one.cases.map((each) => (
            <li key={each.id}>
              <a href={`/cases/${encodeURIComponent(each.id)}`}>#{each.number}</a>{' '}
              <Moment at={each.openedAt} /> {pick(OUTCOMES[each.outcome])}
              {each.measured !== undefined &&
                limit &&
                ` · ${number(each.measured, undefined, 1)} ${limit.unit}`}
            </li>
          ))}
        </ul>
        <p class="error-text" role="alert">
          {error.value}
        </p>
      </div>
      {limit && isOperator.value && (
        <button type="button" class="button primary" aria-disabled={busy.value} onClick={() => void accept()}>
          {t('proposal.accept')}
        </button>
      )}
    </li>
  );
}
