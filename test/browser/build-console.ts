import { existsSync } from 'node:fs';
import { build } from 'vite';
import { CHROMIUM } from './browser.ts';

/** The tests look at what is in the sources now, not at what somebody built last week. */
export default async function buildConsole(): Promise<void> {
  if (!existsSync(CHROMIUM))
    throw new Error(`no browser at ${CHROMIUM}: install Chromium (Debian: chromium) or set CHROMIUM`);
  // Vitest says `test`: the console would be built as for its developers, and be another one than people use.
  const { NODE_ENV } = process.env;
  process.env['NODE_ENV'] = 'production';
  await build({ logLevel: 'warn' });
  process.env['NODE_ENV'] = NODE_ENV;
}
