import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { shown } from '../cases/untaken-count.ts';
import { dayTime } from '../format/time.ts';
import { alarms, overdueCallBacks } from '../state/alarms.ts';
import { announce, announceUrgently } from '../state/announcer.ts';
import { now } from '../state/clock.ts';
import { actions, isUnsent } from '../state/outbox.ts';
import { zoneOf } from '../state/places.ts';
import { isOperator, outdated, service, user } from '../state/session.ts';
import { chooseLocale, chooseTheme, THEMES, theme } from '../state/settings.ts';
import { connection } from '../state/stream.ts';
import { untaken } from '../state/untaken.ts';
import { LOCALE_NAMES } from '../text/names.ts';
import { locale, type PlainKey, t } from '../text/translate.ts';
import { AlarmBar } from './alarm-bar.tsx';
import { useWhenCalm, watchAttention } from './attention.ts';
import { CallTestBar } from './call-test-bar.tsx';
import { ChimeBlocked, ChimeSwitch } from './chime-switch.tsx';
import { Icon, type IconName, Logo } from './icons.tsx';
import { LiveRegions } from './live-regions.tsx';
import { PushSwitch } from './push-switch.tsx';
import { type Leaving, LeavingDialog, leave } from './sign-out.tsx';
import { SilenceBar } from './silence-bar.tsx';
import { wallTime } from './times.tsx';
import { keepFocusInSight, measureHeader } from './uncovered.ts';

const PAGES: readonly { href: string; icon: IconName; title: PlainKey; operator: boolean }[] = [
  { href: '/', icon: 'cases', title: 'nav.cases', operator: false },
  { href: '/ledger', icon: 'ledger', title: 'nav.ledger', operator: false },
  { href: '/watch', icon: 'watch', title: 'nav.watch', operator: false },
  { href: '/duty', icon: 'clock', title: 'nav.duty', operator: false },
  { href: '/devices', icon: 'devices', title: 'nav.devices', operator: true },
  { href: '/rejections', icon: 'rejections', title: 'nav.rejections', operator: true },
  { href: '/notices', icon: 'notices', title: 'nav.notices', operator: true },
  { href: '/status', icon: 'status', title: 'nav.status', operator: true },
];

export function Shell({ children }: { children: ComponentChildren }) {
  const { path } = useLocation();
  const operator = isOperator.value;
  const header = useRef<HTMLElement>(null);
  useFocusOnPage(path);
  useEffect(watchAttention, []);
  useEffect(keepFocusInSight, []);
  useEffect(() => (header.current ? measureHeader(header.current) : undefined), []);
  return (
    <div class={`shell with-nav ${path.startsWith('/cases/') ? 'on-case' : ''}`}>
      <a class="skip" href="#main">
        {t('app.skip')}
      </a>
      {service.value?.demo && <DemoBanner />}
      <header ref={header} class="top">
        <a class="brand" href="/">
          <Logo />
          <span>{t('app.name')}</span>
        </a>
        <Navigation path={path} operator={operator} />
        <div class="top-right">
          <ChimeBlocked />
          <UnsentChip />
          <ConnectionChip />
          <UserMenu />
        </div>
      </header>
      <AlarmBar path={path} />
      <SilenceBar />
      <CallTestBar />
      <StaleBar />
      <OutdatedBar />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <LiveRegions />
    </div>
  );
}

/** A new page begins at its beginning, for the keyboard and for who listens to it. */
function useFocusOnPage(path: string): void {
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) document.getElementById('main')?.focus({ preventScroll: true });
    first.current = false;
  }, [path]);
}

/** Pages that belong to another in the navigation. */
const BELOW: Readonly<Record<string, RegExp>> = { '/': /^\/cases\//, '/watch': /^\/(homes\/|shadow$)/ };

function Navigation({ path, operator }: { path: string; operator: boolean }) {
  const isHere = (href: string) => path === href || BELOW[href]?.test(path) === true;
  const grave = pressing();
  const late = overdueCallBacks.value.length;
  return (
    <nav class="nav" aria-label={t('app.nav')}>
      {PAGES.filter((page) => operator || !page.operator).map(({ href, icon, title }) => (
        <a
          key={href}
          href={href}
          aria-current={isHere(href) ? 'page' : undefined}
          {...(href === '/' ? marked(t(title), grave, late) : {})}
        >
          <Icon name={icon} />
          <span>{t(title)}</span>
        </a>
      ))}
    </nav>
  );
}

interface Pressing {
  readonly n: number;
  readonly priority: 'P1' | 'P2';
}

/** How many of the gravest want somebody now: on every page, and where no title of a tab is seen. */
function pressing(): Pressing | undefined {
  if (alarms.value.length > 0) return { n: alarms.value.length, priority: 'P1' };
  const n = [...(untaken.value?.values() ?? [])].filter(({ priority }) => priority === 'P2').length;
  return n > 0 ? { n, priority: 'P2' } : undefined;
}

/**
 * The number is drawn by the style; whoever listens hears it in words. Where nothing graver wants somebody it is that of the
 * call-backs that are late: they stand in a list that few open by themselves.
 */
function marked(title: string, grave: Pressing | undefined, late: number): Record<string, string> {
  if (!grave && late === 0) return {};
  const words = [
    grave ? t('nav.pressing', { n: grave.n, priority: grave.priority }) : '',
    late > 0 ? t('nav.callBacks', { n: late }) : '',
  ];
  return {
    'aria-label': `${title}${words.join('')}`,
    'data-pressing': shown(grave?.n ?? late),
    'data-gravest': grave?.priority ?? 'call-back',
  };
}

function DemoBanner() {
  const { speed, simulatedStaff } = service.value ?? { speed: 1 };
  const zone = zoneOf();
  return (
    <aside class="demo" aria-label={t('demo.label')}>
      <span>{t(simulatedStaff ? 'demo.with-staff' : 'demo.banner')}</span>
      <span class="demo-clock">{t('demo.clock', { speed, time: dayTime(now.value, 0, zone) })}</span>
    </aside>
  );
}

/** Always in sight: is what I see what is? Shape and words, not colour alone. */
export function ConnectionChip() {
  const { phase, since } = connection.value;
  const text = phase === 'stale' ? t('live.stale', { time: wallTime(since) }) : t(`live.${phase}`);
  const help = phase === 'live' ? t('live.help.live') : t('live.help.stale', { time: wallTime(since) });
  return (
    <span class={`connection connection-${phase}`} title={help} data-connection={phase}>
      <span class="connection-mark" aria-hidden="true" />
      <span>{text}</span>
    </span>
  );
}

/** Says in words what a stale page means, and tells the live region once. */
function StaleBar() {
  const { phase, since } = connection.value;
  const told = useRef(false);
  useEffect(() => {
    if (phase === 'stale' && !told.current) {
      told.current = true;
      announceUrgently(t('live.lost'));
    } else if (phase === 'live' && told.current) {
      told.current = false;
      announce(t('live.back'));
    }
  }, [phase]);
  if (!useWhenCalm(phase === 'stale')) return null;
  return <div class="stale-bar">{t('live.help.stale', { time: wallTime(since) })}</div>;
}

/** A page may stand open for weeks. It is not reloaded by itself: somebody may be writing. */
function OutdatedBar() {
  if (!useWhenCalm(outdated.value)) return null;
  return (
    <div class="notice-bar">
      <span>{t('app.newVersion')}</span>
      <button type="button" class="button" onClick={() => location.reload()}>
        {t('app.reload')}
      </button>
    </div>
  );
}

function UnsentChip() {
  const unsent = actions.value.filter(isUnsent).filter((one) => one.state !== 'sending');
  if (unsent.length === 0) return null;
  const [first] = unsent;
  return (
    <a class="unsent" href={`/cases/${encodeURIComponent(first?.case ?? '')}`}>
      <Icon name="up" />
      <span>{t('outbox.count', { n: unsent.length })}</span>
    </a>
  );
}

function UserMenu() {
  const menu = useRef<HTMLDetailsElement>(null);
  const leaving: Leaving = useSignal<Leaving['value']>(undefined);
  const { url } = useLocation();
  const who = user.value;
  const close = () => menu.current?.removeAttribute('open');
  useEffect(close, [url]);
  useEffect(() => {
    const outside = (event: Event) => {
      if (event.target instanceof Node && !menu.current?.contains(event.target)) close();
    };
    const onEscape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !menu.current?.open) return;
      close();
      menu.current.querySelector('summary')?.focus();
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('keydown', onEscape);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('keydown', onEscape);
    };
  }, []);
  const roles = [...new Set((who?.roles ?? []).map((one) => t(`role.${one.role}`)))];
  return (
    <>
      <details class="menu" ref={menu}>
        <summary aria-label={`${t('user.menu')}${t('app.colon')}${who?.name ?? ''}`}>
          <Icon name="user" />
          <span class="menu-name">{who?.name}</span>
        </summary>
        <div class="menu-body">
          <p class="menu-who">
            <b>{who?.name}</b>
            <span>{roles.join(t('app.separator'))}</span>
          </p>
          <LanguageChoice />
          <ThemeChoice />
          <PushSwitch />
          <ChimeSwitch />
          <button type="button" class="button wide" onClick={() => leave(leaving)}>
            {t('user.signOut')}
          </button>
        </div>
      </details>
      <LeavingDialog of={leaving} />
    </>
  );
}

/** Each language is named in itself, so that it is found by who cannot read the other. */
export function LanguageChoice() {
  return (
    <fieldset class="choice">
      <legend>{t('user.language')}</legend>
      {LOCALE_NAMES.map(({ locale: of, name, tag }) => (
        <button
          key={of}
          type="button"
          lang={tag}
          aria-pressed={locale.value === of}
          onClick={() => chooseLocale(of)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}

const THEME_NAMES = { auto: 'user.themeAuto', light: 'user.themeLight', dark: 'user.themeDark' } as const;

function ThemeChoice() {
  return (
    <fieldset class="choice">
      <legend>{t('user.theme')}</legend>
      {THEMES.map((one) => (
        <button key={one} type="button" aria-pressed={theme.value === one} onClick={() => chooseTheme(one)}>
          {t(THEME_NAMES[one])}
        </button>
      ))}
    </fieldset>
  );
}
