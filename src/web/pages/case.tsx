import { useEffect } from 'preact/hooks';
import { useRoute } from 'preact-iso/router';
import { CONTACT_WAYS, isDone, OUTCOMES } from '../../model/case.ts';
import { SERVICE_SUBJECT } from '../../model/service-finding.ts';
import { SILENCE_TITLES } from '../../model/silence-modes.ts';
import { CaseActions } from '../cases/actions.tsx';
import { CareAnswer } from '../cases/care-answer.tsx';
import { detail, openDetail, reloadDetail } from '../cases/case-detail.ts';
import { Course } from '../cases/course.tsx';
import { DrillReport } from '../cases/drill-report.tsx';
import { HomesBehind } from '../cases/homes-behind.tsx';
import { leadingAlert } from '../cases/leading-alert.ts';
import { matterOf } from '../cases/matter.ts';
import { ownerName } from '../cases/next-step.ts';
import { NotWorn } from '../cases/not-worn.tsx';
import { Notices } from '../cases/notices-section.tsx';
import { Positions } from '../cases/positions.tsx';
import { RequestSaid } from '../cases/request-said.tsx';
import { Devices, OtherAlerts, People } from '../cases/sections.tsx';
import { Speaking } from '../cases/speaking.tsx';
import { Timeline } from '../cases/time-line-section.tsx';
import { Why } from '../cases/why.tsx';
import { CaseCharts } from '../chart/case-charts.tsx';
import { dayTime } from '../format/time.ts';
import { AwayBadge } from '../parts/away-badge.tsx';
import { PriorityBadge, StatusBadge } from '../parts/badges.tsx';
import { Icon } from '../parts/icons.tsx';
import { isApart, MatterWords } from '../parts/matter.tsx';
import { fullPlace, residentsOf, shortPlace } from '../parts/place.tsx';
import { Age, Due, Moment } from '../parts/times.tsx';
import type { CaseDetail } from '../state/answers.ts';
import type { Problem } from '../state/api.ts';
import { serviceNow } from '../state/clock.ts';
import { namesAlong, zoneOf } from '../state/places.ts';
import { may, me } from '../state/session.ts';
import { listAddress, pageTitle } from '../state/settings.ts';
import { locale, pick, t } from '../text/translate.ts';

/** Everything about one case, in the order in which it is needed: what, whom to call, why, what was done. */
export function CasePage() {
  const { params } = useRoute();
  const id = params['id'] ?? '';
  useEffect(() => openDetail(id), [id]);
  const { phase, value, problem } = detail.value;
  useEffect(() => {
    pageTitle.value = value
      ? `${t('case.number', { number: String(value.case.number) })} ${pick(value.case.title)}`
      : '';
  }, [value, locale.value]);
  return (
    <div class="page case-page">
      <a class="back" href={listAddress.value}>
        <Icon name="back" />
        <span>{t('case.back')}</span>
      </a>
      {phase === 'loading' && <p class="loading">{t('app.loading')}</p>}
      {phase === 'failed' && <Failed problem={problem} />}
      {value && <Content of={value} />}
    </div>
  );
}

/** What is not there does not come by asking again. */
function Failed({ problem }: { problem: Problem | undefined }) {
  const isMissing = problem?.status === 404 || problem?.status === 403;
  return (
    <>
      <h1>{t(isMissing ? 'case.missing.title' : 'case.failed.title')}</h1>
      <div class="message message-bad" role="alert">
        <p>{isMissing ? t('case.missing') : t('app.loadFailed', { why: problem?.text ?? '' })}</p>
        {!isMissing && (
          <button type="button" class="button" onClick={() => void reloadDetail()}>
            {t('app.retry')}
          </button>
        )}
      </div>
    </>
  );
}

function Content({ of }: { of: CaseDetail }) {
  const { case: one, home } = of;
  const zone = home?.timeZone ?? zoneOf(one.path);
  const own = new Set(one.alerts);
  const others = (home?.openAlerts ?? []).filter((alert) => !own.has(alert.id) && alert.case !== one.id);
  return (
    <>
      <Head of={of} zone={zone} />
      <div class="case-body">
        <div class="case-side">
          <CareAnswer of={one} care={of.care} />
          <CaseActions
            of={one}
            alerts={of.alerts}
            entries={of.entries}
            contacts={home?.contacts ?? []}
            zone={zone}
          />
          {home && <People of={home} />}
        </div>
        <div class="case-main">
          {one.kind === 'drill' && <DrillReport id={one.id} version={one.version} />}
          {one.kind === 'request' && <RequestSaid entries={of.entries} />}
          <Why alerts={of.alerts} zone={zone} {...(home ? { home } : {})} />
          {one.home === '' && one.kind === 'technical' && one.subject !== SERVICE_SUBJECT && (
            <HomesBehind of={of} />
          )}
          <CaseCharts of={of} zone={zone} />
          {others.length > 0 && <OtherAlerts alerts={others} zone={zone} />}
          <Timeline key={one.id} id={one.id} entries={of.entries} notices={of.notices} zone={zone} />
        </div>
        <div class="case-side case-side-late">
          <Notices notices={of.notices} grave={one.priority === 'P1' || one.priority === 'P2'} zone={zone} />
          {home && <Devices of={home} zone={zone} />}
        </div>
      </div>
    </>
  );
}

/** Somebody may be in danger, and an ambulance is nearer than we are. */
const isEmergency = ({ kind, priority, status }: CaseDetail['case']): boolean =>
  kind === 'safety' && (priority === 'P1' || priority === 'P2') && !isDone(status);

function Head({ of, zone }: { of: CaseDetail; zone: string }) {
  const { case: one, alerts, home } = of;
  const matter = isDone(one.status) ? undefined : matterOf(alerts);
  const leading = leadingAlert(alerts);
  const isQuiet = matter?.ended !== undefined && one.kind === 'technical';
  // The title of what stands for no home says already whether it is an area's.
  const residents = one.home === '' ? undefined : residentsOf(one);
  const placeNames = namesAlong(one.path)
    .map(({ name }) => name)
    .join(' › ');
  return (
    <section class={`case-head case-head-${one.priority}`} aria-labelledby="case-title">
      <p class="case-head-line">
        <PriorityBadge priority={one.priority} words kind={one.kind} />
        <StatusBadge status={one.status} />
        <span class="quiet-text">
          {t('case.number', { number: String(one.number) })} · {t(`kind.${one.kind}`)}
        </span>
      </p>
      <h1 id="case-title">
        {home ? shortPlace(home) : pick(one.title)}
        {residents && <span class="case-head-who"> {residents}</span>}
      </h1>
      {home && (
        <p class="quiet-text case-head-place">
          {fullPlace(home)}
          {may('viewer', home.path) && (
            <a href={`/homes/${encodeURIComponent(home.home.id)}`}>{t('case.home')}</a>
          )}
        </p>
      )}
      {!home && placeNames !== '' && <p class="quiet-text case-head-place">{placeNames}</p>}
      {one.silenced && (
        <p class="message message-warning">
          {pick(SILENCE_TITLES[one.silenced.mode])}
          {t('app.colon')}
          {t('silence.who', {
            by: one.silenced.by,
            why: one.silenced.reason,
            until: dayTime(one.silenced.until, serviceNow(), zone),
          })}
        </p>
      )}
      <p class={`case-sentence ${isQuiet ? 'case-sentence-over' : ''}`}>
        {matter ? (
          <MatterWords of={matter} path={one.path} />
        ) : (
          pick(leading ? leading.evidence.text : one.title)
        )}
      </p>
      {home && !isDone(one.status) && <AwayBadge home={home} zone={zone} />}
      {!isDone(one.status) && <NotWorn alerts={alerts} home={home} zone={zone} />}
      {isEmergency(one) && (
        <p class="emergency">
          <strong>{t('case.emergency')}</strong>
          <a class="button" href="tel:120">
            120
          </a>
        </p>
      )}
      <Positions of={of} zone={zone} />
      <Speaking alerts={alerts} home={home} zone={zone} />
      <p class="case-head-line">
        <span>
          {t('case.opened')} <Moment at={one.openedAt} zone={zone} /> · <Age at={one.openedAt} />
        </span>
        {matter && isApart(one, matter) && (
          <b>
            {t('matter.newest')} <Moment at={matter.leading.raisedAt} zone={zone} /> ·{' '}
            <Age at={matter.leading.raisedAt} />
          </b>
        )}
        <Due of={one} words quiet={isQuiet} />
        {one.status === 'acknowledged' && (
          <span class="owner">
            <Icon name="user" />
            {t('case.owner', { name: ownerName(one, me()) })}
          </span>
        )}
        {one.assignedTo !== undefined && (
          <span class="owner">{t('case.assigned', { name: one.assignedTo })}</span>
        )}
        {one.reopened !== undefined && <span>{t('case.reopened', { n: one.reopened })}</span>}
      </p>
      <Course of={one} zone={zone} />
      {one.outcome && (
        <dl class="outcome">
          <dt>{t('case.outcome')}</dt>
          <dd>
            <b>{pick(OUTCOMES[one.outcome])}</b>
            {one.outcomeNote ? ` · ${one.outcomeNote}` : ''}
          </dd>
          {one.resolvedAt !== undefined && (
            <dd>
              {t('case.resolvedBy', {
                name: one.resolvedBy ?? '',
                time: dayTime(one.resolvedAt, serviceNow(), zone),
              })}
            </dd>
          )}
          {one.contactMadeBy ? (
            <dd>
              {pick(CONTACT_WAYS[one.contact ?? 'unsaid'])}
              {t('app.colon')}
              {one.contactMadeBy}
            </dd>
          ) : null}
          {one.calledBackAt !== undefined && (
            <dd>
              {t('case.calledBack', {
                name: one.calledBackBy ?? '',
                time: dayTime(one.calledBackAt, serviceNow(), zone),
              })}
            </dd>
          )}
        </dl>
      )}
    </section>
  );
}
