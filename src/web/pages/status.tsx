import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { PRIORITIES } from '../../model/alert.ts';
import { NOTICE_FAILURES, NOTICE_STATES } from '../../model/notice.ts';
import {
  GIVEN_UP_REASONS,
  type GivenUpReason,
  OUTSIDE_TROUBLES,
  SET_ASIDE_REASONS,
  type SetAsideReason,
} from '../../model/outside-store.ts';
import { SESSION_PROBLEMS } from '../../model/session-problem.ts';
import { dayTime, duration, fullTime } from '../format/time.ts';
import { EndedLinks } from '../homes/ended-links.tsx';
import { ImportState, useImportFar } from '../onboarding/import-far.tsx';
import { PriorityBadge } from '../parts/badges.tsx';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import { ConnectionChip } from '../parts/shell.tsx';
import { SilenceList } from '../parts/silence-list.tsx';
import { wallTime } from '../parts/times.tsx';
import type { ChannelState as ChannelReply, StatusReply } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { now } from '../state/clock.ts';
import { zoneOf } from '../state/places.ts';
import { isOperator } from '../state/session.ts';
import { pageTitle } from '../state/settings.ts';
import { locale, number, pick, t } from '../text/translate.ts';

/** How the service is doing, at a glance. */
export function StatusPage() {
  const status = useLoaded(() => get<StatusReply>('/status'), []);
  useEffect(() => {
    pageTitle.value = t('status.title');
  }, [locale.value]);
  const { value, at } = status.value;
  return (
    <div class="page">
      <h1>{t('status.title')}</h1>
      <LoadState of={status}>
        {isOperator.value && <Imports />}
        {value && <Figures of={value} />}
        <EndedLinks />
        <SilenceList />
        {at !== undefined && <p class="quiet-text">{t('status.updated', { time: wallTime(at) })}</p>}
      </LoadState>
    </div>
  );
}

function Imports() {
  const far = useImportFar();
  return <ImportState of={far.value} elsewhere />;
}

function Figures({ of }: { of: StatusReply }) {
  const { broker, clock } = of;
  const refused = Object.entries(broker.refused).filter(([, count]) => count > 0);
  return (
    <div class="status-grid">
      <Card title={t('status.openCases')}>
        {PRIORITIES.map((one) => (
          <Pair key={one} name={<PriorityBadge priority={one} words />}>
            <a href={`/?priority=${one}`} aria-label={`${one} ${number(of.openCases[one])}`}>
              {number(of.openCases[one])}
            </a>
          </Pair>
        ))}
        <Pair name={t('status.openAlerts')}>{number(of.openAlerts)}</Pair>
      </Card>
      <Card title={t('status.devices')}>
        <Pair name={t('status.homes')}>{number(of.homes)}</Pair>
        <Pair name={t('status.devices')}>{number(of.devices)}</Pair>
        <Pair name={t('status.gateways')}>{number(of.gateways)}</Pair>
        <Pair name={t('status.silent')} bad={of.silentDevices > 0}>
          <a href="/devices?silent=1" aria-label={`${t('status.silent')} ${number(of.silentDevices)}`}>
            {number(of.silentDevices)}
          </a>
        </Pair>
      </Card>
      <Card title={t('status.notices')}>
        {NOTICE_STATES.map((one) => (
          <Pair key={one} name={t(`notice.state.${one}`)} bad={one === 'failed' && of.notices.failed > 0}>
            {one === 'failed' ? (
              <a href="/notices" aria-label={`${t('notice.state.failed')} ${number(of.notices[one])}`}>
                {number(of.notices[one])}
              </a>
            ) : (
              number(of.notices[one])
            )}
          </Pair>
        ))}
      </Card>
      {of.channels.length > 0 && (
        <Card title={t('status.channels')}>
          {of.channels.map((one) => (
            <Pair key={one.id} name={one.id} bad={isBad(one)}>
              {channelState(one)}
            </Pair>
          ))}
        </Card>
      )}
      <Card title={t('status.rosters')}>
        <Pair name={t('status.rosters')}>{number(of.rosters.count)}</Pair>
        <Pair name={t('status.rosters.gaps')} bad={of.rosters.gaps + of.rosters.faults > 0}>
          <a
            href="/duty"
            aria-label={`${t('status.rosters.gaps')} ${number(of.rosters.gaps + of.rosters.faults)}`}
          >
            {number(of.rosters.gaps + of.rosters.faults)}
          </a>
        </Pair>
        <Pair name={t('status.rosters.empty')} bad={of.rosters.emptyNow > 0}>
          {number(of.rosters.emptyNow)}
        </Pair>
        <Pair name={t('status.untold')} bad={of.untold.homes > 0}>
          <a href="/watch" aria-label={`${t('status.untold')} ${number(of.untold.homes)}`}>
            {number(of.untold.homes)}
          </a>
        </Pair>
        {of.untold.places.map(({ node, name, homes }) => (
          <Pair key={node} name={<span title={node}>{name}</span>} bad>
            {number(homes)}
          </Pair>
        ))}
      </Card>
      <Card title={t('status.broker')}>
        <Pair name={t('status.broker')} bad={!broker.connected}>
          {broker.connected ? t('status.broker.connected') : t('status.broker.disconnected')}
          {broker.trouble && `${t('app.colon')}${pick(broker.trouble)}`}
        </Pair>
        <Pair name={t('status.broker.clients')}>{number(broker.clients)}</Pair>
        <Pair name={t('status.broker.received')}>{number(broker.received)}</Pair>
        <Pair name={t('status.broker.slow')}>{number(broker.slowReadersDropped)}</Pair>
        <Pair name={t('status.rejections')}>
          <a href="/rejections" aria-label={`${t('status.rejections')} ${number(of.rejections)}`}>
            {number(of.rejections)}
          </a>
        </Pair>
        {refused.length === 0 && (
          <Pair name={t('status.broker.refused')}>{t('status.broker.noneRefused')}</Pair>
        )}
      </Card>
      {refused.length > 0 && (
        <Card title={t('status.broker.refused')}>
          {refused.map(([name, count]) => (
            <Pair key={name} name={<code>{name}</code>}>
              {number(count)}
            </Pair>
          ))}
        </Card>
      )}
      {of.outside && <Outside of={of.outside} />}
      <Card title={t('status.service')}>
        <Pair name={t('status.version')}>{of.version}</Pair>
        <Pair name={t('status.clock')}>{fullTime(now.value, zoneOf())}</Pair>
        <Pair name={t('status.speed')}>
          {clock.speed === 1 ? t('status.speedNormal') : `×${number(clock.speed)}`}
        </Pair>
        <Pair name={t('status.stream.readers')}>{number(of.stream.readers)}</Pair>
        <Pair name={t('status.page')}>
          <ConnectionChip />
        </Pair>
      </Card>
    </div>
  );
}

/** How it goes with the server that keeps the readings. */
function Outside({ of }: { of: NonNullable<StatusReply['outside']> }) {
  const { trouble, waiting, secondsLeft, localFrom } = of;
  const setAside = Object.entries(of.setAside) as [SetAsideReason, number][];
  const givenUp = Object.entries(of.givenUp) as [GivenUpReason, number][];
  return (
    <Card title={t('status.outside')}>
      <Pair name={t('status.outside.state')} bad={trouble !== undefined}>
        {trouble ? pick(OUTSIDE_TROUBLES[trouble.code]) : t('status.outside.well')}
      </Pair>
      {trouble && (
        <>
          <Pair name={t('status.outside.since')}>{fullTime(trouble.since, zoneOf())}</Pair>
          <Pair name={t('status.outside.nextTry')}>{wallTime(trouble.nextTryAt)}</Pair>
        </>
      )}
      <Pair name={t('status.outside.waiting')} bad={trouble !== undefined && waiting.points > 0}>
        {number(waiting.points)}
      </Pair>
      {of.owed.length > 0 && <Pair name={t('status.outside.owed')}>{number(of.owed.length)}</Pair>}
      <Pair name={t('status.outside.sent')}>{number(of.sent)}</Pair>
      {of.perSecond > 0 && <Pair name={t('status.outside.rate')}>{number(of.perSecond)}</Pair>}
      {secondsLeft !== undefined && (
        <Pair name={t('status.outside.left')}>{duration(secondsLeft * 1000)}</Pair>
      )}
      {setAside.map(([reason, count]) => (
        <Pair key={reason} name={`${t('status.outside.setAside')}: ${pick(SET_ASIDE_REASONS[reason])}`} bad>
          {number(count)}
        </Pair>
      ))}
      {givenUp.map(([reason, count]) => (
        <Pair key={reason} name={`${t('status.outside.givenUp')}: ${pick(GIVEN_UP_REASONS[reason])}`} bad>
          {number(count)}
        </Pair>
      ))}
      {localFrom !== undefined && (
        <Pair name={t('status.outside.localFrom')}>{fullTime(localFrom, zoneOf())}</Pair>
      )}
    </Card>
  );
}

const isBad = ({ problem, session }: ChannelReply): boolean =>
  problem !== undefined || session?.connected === false || session?.problem !== undefined;

/** In a word or two; the page of notices says more. */
function channelState(of: ChannelReply): string {
  const { session, problem } = of;
  if (session?.problem) return pick(SESSION_PROBLEMS[session.problem]);
  if (session?.connected === false) return t('channel.disconnected');
  if (problem) return pick(NOTICE_FAILURES[problem.failure]);
  const at = Math.max(of.lastSeenAt ?? 0, of.lastDeliveredAt ?? 0, of.lastAcceptedAt ?? 0);
  return at === 0 ? t('channel.unproven') : dayTime(at, now.value, zoneOf());
}

function Card({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="card">
      <h2>{title}</h2>
      <dl class="figures">{children}</dl>
    </section>
  );
}

function Pair({
  name,
  children,
  bad = false,
}: {
  name: ComponentChildren;
  children: ComponentChildren;
  bad?: boolean;
}) {
  return (
    <div class={bad ? 'bad' : ''}>
      <dt>{name}</dt>
      <dd class="num">{children}</dd>
    </div>
  );
}
