import './resolved.ts';
import { keepDocuments } from '../src/config/yaml-file.ts';
import { setPasswordCost } from '../src/lib/secrets.ts';

/** What is examined by nearly all tests is not how hard a password is to guess. */
export const CHEAP_PASSWORD_COST = 2 ** 8;

setPasswordCost(CHEAP_PASSWORD_COST);
keepDocuments();

/** A setting of whoever runs the tests is none of the services that stand in them; what begins so is of tests alone. */
for (const name of Object.keys(process.env))
  if (/^SHOUWANG_(?!TEST_|BENCH_)/.test(name)) delete process.env[name];

/** Commands speak the language of the terminal, and tests read English wherever they run. */
process.env['LC_ALL'] = 'C';
