import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { ManualClock, wallClock } from '../../src/lib/clock.ts';
import { type TestService, type TestServiceOptions, testService } from '../service.ts';
import { launch } from './browser.ts';
import { addStaff, community } from './community.ts';

/** The service and the browser of the tests of a file: there from before its first test until after its last. */
export let service: TestService;
export let browser: Browser;

export interface Stage extends TestServiceOptions {
  /** With the two who handle cases; else the administrator alone has an account. */
  readonly staff?: boolean;
  /** Time passes only where the test has it pass: nothing falls due or is said meanwhile, however slow the machine. */
  readonly still?: boolean;
  /** Of the browser. */
  readonly flags?: readonly string[];
}

/**
 * Sets the stage for the tests of a file: the real service with the test community, and a browser.
 *
 * @param of what is other than usual, or what makes it, once the tests begin.
 * @param prepare what has happened before the first test.
 */
export function onStage(of: Stage | (() => Stage | Promise<Stage>) = {}, prepare?: () => Promise<unknown>) {
  beforeAll(async () => {
    const { staff = false, still = false, flags = [], ...rest } = typeof of === 'function' ? await of() : of;
    const clock = rest.clock ?? (still ? new ManualClock(Date.now()) : wallClock());
    service = await testService({ entries: community(clock.now()), ...rest, clock });
    if (staff) await addStaff(service);
    browser = await launch(...flags);
    await prepare?.();
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });
}
