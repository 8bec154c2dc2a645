import { useEffect } from 'preact/hooks';
import { useRoute } from 'preact-iso/router';
import type { HomeWatch } from '../../ports/home-watch.ts';
import { Devices, OtherAlerts, People } from '../cases/sections.tsx';
import { Asked } from '../homes/asked.tsx';
import { Away } from '../homes/away.tsx';
import { HomeLinks } from '../homes/home-links.tsx';
import { HomeTools } from '../homes/home-tools.tsx';
import { Requests } from '../homes/requests.tsx';
import { Visits } from '../homes/visits.tsx';
import { StateBadge } from '../homes/watch-words.tsx';
import { Icon } from '../parts/icons.tsx';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import { fullPlace, shortPlace } from '../parts/place.tsx';
import { Age, Moment } from '../parts/times.tsx';
import type { HomeDetail } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { pageTitle } from '../state/settings.ts';
import { locale, pick, t } from '../text/translate.ts';

/** One home: what each rule does about it now and why not, its absences, who lives there and what hangs on the wall. */
export function HomePage() {
  const id = useRoute().params['id'] ?? '';
  const address = `/homes/${encodeURIComponent(id)}`;
  const home = useLoaded(() => get<HomeDetail>(address), [id]);
  const watch = useLoaded(() => get<{ items: readonly HomeWatch[] }>(`${address}/watch`), [id]);
  const { value } = home.value;
  useEffect(() => {
    pageTitle.value = value ? shortPlace(value) : t('home.title');
  }, [value, locale.value]);
  const visits = watch.value.value?.items.find(({ kind, shadow }) => kind === 'visit-overdue' && !shadow);
  const again = () => {
    home.value.again();
    watch.value.again();
  };
  return (
    <div class="page home-page">
      <a class="back" href="/watch">
        <Icon name="back" />
        <span>{t('home.back')}</span>
      </a>
      {home.value.problem && !value && <h1>{t('home.title')}</h1>}
      <LoadState of={home}>
        {value && (
          <>
            <h1>
              {shortPlace(value)}
              <span class="case-head-who"> {value.residents.map(({ name }) => name).join(' ')}</span>
            </h1>
            <p class="quiet-text">{fullPlace(value)}</p>
            <Asked of={value} />
            <div class="home-body">
              <div class="home-main">
                <Requests of={value} />
                <Visits of={value} watch={visits} changed={again} />
                <Away of={value} changed={again} />
                <LoadState of={watch}>
                  <Rules of={watch.value.value?.items ?? []} home={value} />
                </LoadState>
              </div>
              <div class="home-side">
                {value.openAlerts.length > 0 && (
                  <OtherAlerts alerts={value.openAlerts} zone={value.timeZone} />
                )}
                <People of={value} />
                <Devices of={value} zone={value.timeZone} changed={again} />
                <HomeLinks of={value} />
                <HomeTools of={value} />
              </div>
            </div>
          </>
        )}
      </LoadState>
    </div>
  );
}

function Rules({ of, home }: { of: readonly HomeWatch[]; home: HomeDetail }) {
  const none = of.filter(({ state }) => state === 'no-device');
  const some = of.filter(({ state }) => state !== 'no-device');
  const watching = some.filter(({ state }) => state === 'watching');
  const others = some.filter(({ state }) => state !== 'watching');
  const sees = some.some(
    ({ state, about, shadow }) => about === 'person' && !shadow && (state === 'watching' || state === 'open'),
  );
  return (
    <section class="card" aria-labelledby="rules">
      <h2 id="rules">{t('home.rules')}</h2>
      {!sees && <p class="message message-bad">{t('home.rules.none')}</p>}
      <ul class="watch-list">
        {others.map((one) => (
          <RuleRow key={`${one.rule}/${one.device}`} of={one} zone={home.timeZone} />
        ))}
      </ul>
      {watching.length > 0 && (
        <details>
          <summary>{t('home.rules.watching', { n: watching.length })}</summary>
          <ul class="watch-list">
            {watching.map((one) => (
              <RuleRow key={`${one.rule}/${one.device}`} of={one} zone={home.timeZone} />
            ))}
          </ul>
        </details>
      )}
      {none.length > 0 && (
        <details>
          <summary>{t('home.rules.noDevice', { n: none.length })}</summary>
          <ul class="watch-list">
            {none.map((one) => (
              <RuleRow key={one.rule} of={one} zone={home.timeZone} />
            ))}
          </ul>
        </details>
      )}
      <p>
        <a class="button quiet" href={`/shadow?home=${encodeURIComponent(home.home.id)}`}>
          {t('home.shadow')}
        </a>
      </p>
    </section>
  );
}

function RuleRow({ of: one, zone }: { of: HomeWatch; zone: string }) {
  return (
    <li class="watch-row" data-rule={one.rule} data-state={one.state}>
      <p>
        <StateBadge state={one.state} /> <b>{pick(one.title)}</b> <code>{one.rule}</code>
        {one.shadow && <span class="state state-off">{t('shadow.badge')}</span>}
      </p>
      <p class="quiet-text watch-facts">
        {one.device !== undefined && <code>{one.device}</code>}
        {one.learning && <span>{t('watch.learning', one.learning)}</span>}
        {one.until !== undefined && (
          <span>
            {t(one.learning ? 'watch.soonest' : 'watch.until')} <Moment at={one.until} zone={zone} />
          </span>
        )}
        {one.evaluatedAt !== undefined && (
          <span>
            {t('watch.looked')} <Age at={one.evaluatedAt} />
          </span>
        )}
        {one.nextDue !== undefined && one.state !== 'no-device' && (
          <span>
            {t('watch.next')} <Moment at={one.nextDue} zone={zone} />
          </span>
        )}
      </p>
      {one.fault && (
        <p class="quiet-text">{t('watch.fault', { n: one.fault.count, error: one.fault.error })}</p>
      )}
      {one.maskedBy !== undefined && <p class="quiet-text">{t('watch.masked', { rule: one.maskedBy })}</p>}
      {one.own?.map(({ author, reason, plan }) => (
        <p key={`${author}/${reason}`} class="quiet-text">
          {plan === undefined ? t('watch.own') : t('watch.ownPlan', { plan })}
          {t('watch.ownBy', { author, reason })}
        </p>
      ))}
      {one.usual !== undefined && <p class="quiet-text">{pick(one.usual)}</p>}
    </li>
  );
}
