import type { WatchReason } from '../../ports/watch-summary.ts';
import { Age, Moment } from '../parts/times.tsx';
import { type Key, locale, t } from '../text/translate.ts';

type StateOf<K> = K extends `watch.state.${infer S}` ? S : never;
/** The words of src/rules/watch.ts, as far as the dictionary has them. */
type WatchState = StateOf<Key>;

export const stateText = (state: string): string => t(`watch.state.${state as WatchState}`);

/** Only these are as they should be, or soon will be. */
const CALM = new Set([
  'watching',
  'outside-hours',
  'learning',
  'no-device',
  'too-sparse',
  'no-visits',
  'switched-off',
]);
const FOUND = new Set(['open', 'resolved']);

export function StateBadge({ state }: { state: string }) {
  const look = FOUND.has(state)
    ? 'acknowledged'
    : state === 'watching'
      ? 'ok'
      : CALM.has(state) || state === 'away'
        ? 'off'
        : 'silent';
  return <span class={`state state-${look}`}>{stateText(state)}</span>;
}

/** Why rules would find nothing: the reason, what it hangs on, how many rules wait (their names stand on the page of the home), until when. */
export function Reason({
  of: { state, rules, devices, since, until },
  zone,
}: {
  of: WatchReason;
  zone: string;
}) {
  const names = (all: readonly string[]) => all.join(locale.value === 'zh' ? '、' : ', ');
  return (
    <li class="reason">
      <StateBadge state={state} />
      {devices.length > 0 && <code>{names(devices)}</code>}
      {since !== undefined && (
        <span class="quiet-text">
          {t(state === 'never-reported' ? 'watch.enrolled' : 'watch.lastHeard')}{' '}
          <Moment at={since} zone={zone} /> · <Age at={since} />
        </span>
      )}
      {rules.length > 0 && (
        <span class="quiet-text" title={names(rules)}>
          {t('watch.rulesCount', { n: rules.length })}
        </span>
      )}
      {state === 'no-rule' && <span class="quiet-text">{t('watch.noRule')}</span>}
      {state === 'nobody-to-tell' && <span class="quiet-text">{t('watch.nobodyToTell')}</span>}
      {until !== undefined && (
        <span class="quiet-text">
          {t('watch.until')} <Moment at={until} zone={zone} />
        </span>
      )}
    </li>
  );
}
