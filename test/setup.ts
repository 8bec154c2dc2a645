import './resolved.ts';
import { keepDocuments } from '../src/config/yaml-file.ts';
import { setPasswordCost } from '../src/lib/secrets.ts';

/** What is examined by nearly all tests is not how hard a password is to guess. */
export const CHEAP_PASSWORD_COST = 2 ** 8;

setPasswordCost(CHEAP_PASSWORD_COST);
keepDocuments();

/** Commands speak the language of the terminal, and tests read English wherever they run. */
process.env['LC_ALL'] = 'C';
