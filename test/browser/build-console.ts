import { existsSync } from 'node:fs';
import { build } from 'vite';
import { CHROMIUM } from './browser.ts';

/** The tests look at what is in the sources now, not at what somebody built last week. */
export default async function buildConsole(): Promise<void> {
  if (!existsSync(CHROMIUM))
    throw new Error(`no browser at ${CHROMIUM}: install Chromium (Debian: chromium) or set CHROMIUM`);
  await build({ logLevel: 'warn' });
}
