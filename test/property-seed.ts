import fc from 'fast-check';

/**
 * Properties are tried with the same samples in each run, so that what fails was broken by what was changed, and fails again
 * when it is looked at. `npm run test:explore` draws others (`PROPERTY_SEED=any`); a number repeats those of one run.
 */
const { PROPERTY_SEED = '20261128' } = process.env;
if (PROPERTY_SEED !== 'any') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(PROPERTY_SEED) });
