import { NOTICE_FAILURES, type Notice } from '../../model/notice.ts';
import { dayTime } from '../format/time.ts';
import { Moment } from '../parts/times.tsx';
import { serviceNow } from '../state/clock.ts';
import { pick, t } from '../text/translate.ts';
import { type Told, toldOf } from './told.ts';

/** So many are read at a glance, and stand there as they are. */
const FOLD_ABOVE = 3;

/**
 * Who was told, over what, and whether it arrived. Of many the sum: whom it reached first, what failed, who has not read it;
 * the rest is there for whoever asks.
 */
export function Notices({
  notices,
  grave,
  zone,
}: {
  notices: readonly Notice[];
  grave: boolean;
  zone: string;
}) {
  const told = toldOf(notices);
  return (
    <section class="card" aria-labelledby="notices">
      <h2 id="notices">{t('case.notices')}</h2>
      {notices.length === 0 && grave && <p class="warning-text">{t('case.notices.none')}</p>}
      {notices.length === 0 && !grave && <p class="quiet-text">{t('case.notices.quiet')}</p>}
      {notices.length > FOLD_ABOVE ? (
        <Folded of={told} zone={zone} />
      ) : (
        <Rows of={[...told.troubles, ...told.others]} zone={zone} />
      )}
    </section>
  );
}

const Rows = ({ of, zone }: { of: readonly Notice[]; zone: string }) => (
  <ul class="notices">
    {of.map((one) => (
      <NoticeRow key={one.id} of={one} zone={zone} />
    ))}
  </ul>
);

function Folded({ of: told, zone }: { of: Told; zone: string }) {
  return (
    <div class="notices-sum">
      <First of={told} zone={zone} />
      <p class="quiet-text">
        {told.counts.map(({ state, count }) => `${t(`notice.state.${state}`)} ${count}`).join(' · ')}
      </p>
      <Rows of={told.troubles} zone={zone} />
      {told.unread.length > 0 && (
        <p class="notices-unread">
          <b>{t('case.notices.unread', { n: told.unread.length })}</b>
          {t('app.colon')}
          {told.unread.map(nameOf).join(t('app.separator'))}
        </p>
      )}
      {told.others.length > 0 && (
        <details class="notices-more">
          <summary>{t('case.notices.more', { n: told.others.length })}</summary>
          <Rows of={told.others} zone={zone} />
        </details>
      )}
    </div>
  );
}

/** The furthest that any of them came; that a provider took it says of no person that they know. */
function First({ of: { first }, zone }: { of: Told; zone: string }) {
  if (!first) return <p class="warning-text">{t('case.notices.nobodyYet')}</p>;
  const words = { name: nameOf(first.notice), time: dayTime(first.at, serviceNow(), zone) };
  return (
    <p class={first.how === 'accepted' ? 'warning-text' : ''}>
      {t(`case.notices.first.${first.how}`, words)}
    </p>
  );
}

/** The channel that prints where the service runs has a name of its own only in the words of programs. */
const channelName = (id: string): string => (id === 'terminal' ? t('notice.terminal') : id);
const nameOf = ({ recipient: { kind, name }, channel }: Notice): string =>
  kind === 'channel' || !name ? channelName(name || channel) : name;

export function NoticeRow({ of: one, zone }: { of: Notice; zone: string }) {
  const at = one.failedAt ?? one.seenAt ?? one.deliveredAt ?? one.acceptedAt ?? one.createdAt;
  return (
    <li class={`notice notice-${one.state}`}>
      <p>
        <b>{nameOf(one)}</b>
        <span class="quiet-text"> {t('notice.via', { channel: channelName(one.channel) })}</span>
      </p>
      <p>
        <span class={`notice-state notice-state-${one.state}`}>{t(`notice.state.${one.state}`)}</span>{' '}
        <span class="quiet-text">
          <Moment at={at} zone={zone} />
          {one.attempts > 1 && ` · ${t('notice.attempts', { n: one.attempts })}`}
        </span>
      </p>
      {one.failure && (one.state === 'failed' || one.state === 'queued') && (
        <p class="warning-text">
          {pick(NOTICE_FAILURES[one.failure])}
          {one.providerAnswer ? ` (${one.providerAnswer})` : ''}
        </p>
      )}
      {one.failure && one.state === 'withdrawn' && (
        <p class="quiet-text">{pick(NOTICE_FAILURES[one.failure])}</p>
      )}
      {one.follows && (
        <p class="quiet-text">
          {t(one.follows.edits ? 'notice.edits' : 'notice.tellsWho', { name: one.follows.news.by })}
        </p>
      )}
      {one.standsFor && <p class="quiet-text">{t('notice.standsFor', { n: one.standsFor.length })}</p>}
      {one.state === 'queued' && one.nextAttemptAt !== undefined && one.attempts > 0 && (
        <p class="quiet-text">{t('notice.next', { time: dayTime(one.nextAttemptAt, serviceNow(), zone) })}</p>
      )}
    </li>
  );
}
