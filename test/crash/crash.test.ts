import { test } from 'vitest';
import { crashRounds } from './rounds.ts';

const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 20);
const SEED = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);

test(`${ROUNDS} times kill -9 under load: what was acknowledged is kept, once, and nobody is forgotten`, () =>
  crashRounds({ rounds: ROUNDS, seed: SEED }));
