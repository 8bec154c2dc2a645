import { render } from 'preact';
import { App } from './app.tsx';
import { startPush } from './state/push.ts';
import { startSession } from './state/session.ts';
import { startSettings } from './state/settings.ts';
import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import './style/cases.css';
import './style/duty.css';
import './style/homes.css';
import './style/pages.css';
import './style/ledger.css';

startSettings();
startSession();
startPush();
const root = document.getElementById('app');
if (root) render(<App />, root);
