import { untracked, useComputed, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { LocationProvider, Route, Router, useLocation } from 'preact-iso/router';
import { CasePage } from './pages/case.tsx';
import { CaseListPage } from './pages/case-list.tsx';
import { DevicesPage } from './pages/devices.tsx';
import { DutyPage } from './pages/duty.tsx';
import { HomePage } from './pages/home.tsx';
import { ImportPage } from './pages/import.tsx';
import { LedgerPage } from './pages/ledger.tsx';
import { LoginDialog, LoginPage } from './pages/login.tsx';
import { NoticesPage } from './pages/notices.tsx';
import { OnboardingPage } from './pages/onboarding.tsx';
import { RejectionsPage } from './pages/rejections.tsx';
import { ShadowPage } from './pages/shadow.tsx';
import { StatusPage } from './pages/status.tsx';
import { Waiting } from './pages/waiting.tsx';
import { WatchPage } from './pages/watch.tsx';
import { Shell } from './parts/shell.tsx';
import { startAlarms } from './state/alarms.ts';
import { startArrivals } from './state/arrivals.ts';
import { startAwaited } from './state/awaited.ts';
import { startRinging } from './state/chime.ts';
import { startClock } from './state/clock.ts';
import { startOutbox } from './state/outbox.ts';
import { loadNodes, startBackgrounds } from './state/places.ts';
import { sessionState, user } from './state/session.ts';
import { pageTitle } from './state/settings.ts';
import { startStream } from './state/stream.ts';
import { startUntaken } from './state/untaken.ts';
import { t } from './text/translate.ts';

/** Who is not signed in sees the sign-in form under the address they asked for, and goes on there afterwards. */
export function App() {
  useEffect(startClock, []);
  const state = sessionState.value;
  if (state === 'unknown' || state === 'unreachable') return <Waiting />;
  if (state === 'stranger') return <LoginPage />;
  return (
    <LocationProvider>
      <Signed />
      {state === 'expired' && <LoginDialog />}
    </LocationProvider>
  );
}

/** All that lives as long as somebody is signed in. */
function Signed() {
  const account = useComputed(() => user.value?.id);
  const signedIn = useComputed(() => sessionState.value === 'signed-in');
  useSignalEffect(() => {
    if (account.value === undefined || !signedIn.value) return;
    const stops = untracked(() => {
      void loadNodes();
      return [
        startBackgrounds(),
        startArrivals(),
        startOutbox(),
        startUntaken(),
        startAwaited(),
        startAlarms(),
        startRinging(),
        startStream(),
      ];
    });
    return () => {
      for (const stop of stops) stop();
    };
  });
  return (
    <Shell>
      <Router>
        <Route path="/" component={CaseListPage} />
        <Route path="/cases/:id" component={CasePage} />
        <Route path="/ledger" component={LedgerPage} />
        <Route path="/watch" component={WatchPage} />
        <Route path="/homes/:id" component={HomePage} />
        <Route path="/shadow" component={ShadowPage} />
        <Route path="/duty" component={DutyPage} />
        <Route path="/devices" component={DevicesPage} />
        <Route path="/onboarding" component={OnboardingPage} />
        <Route path="/import" component={ImportPage} />
        <Route path="/rejections" component={RejectionsPage} />
        <Route path="/notices" component={NoticesPage} />
        <Route path="/status" component={StatusPage} />
        <Route default component={NotFound} />
      </Router>
    </Shell>
  );
}

function NotFound() {
  const { path } = useLocation();
  useEffect(() => {
    pageTitle.value = t('app.notFound');
  }, [path]);
  return (
    <div class="page">
      <h1>{t('app.notFound')}</h1>
      <p>
        <a href="/">{t('app.backToCases')}</a>
      </p>
    </div>
  );
}
