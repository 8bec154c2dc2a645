import { type ResolveFnOutput, registerHooks } from 'node:module';

/**
 * Where a module stands is asked some five thousand times in each worker, once for each import of the product and anew for
 * those of each test: each time Node looked at the disk, and Vitest told its main thread. Our own files are found here by
 * their address alone, and a package once by its name. Not in watch mode: there Vitest has to hear which test hangs on which
 * file.
 */
const ROOT = new URL('..', import.meta.url).href;
const INSTALLED = `${ROOT}node_modules/`;
const packages = new Map<string, ResolveFnOutput>();

if (process.env['VITEST_MODE'] !== 'WATCH')
  registerHooks({
    resolve(specifier, context, next) {
      const { parentURL, conditions } = context;
      if (
        parentURL?.includes('/node_modules/') &&
        /^\.\.?\/.*\.m?js$/.test(specifier) &&
        conditions.includes('import')
      )
        return { url: new URL(specifier, parentURL).href, shortCircuit: true };
      if (!parentURL?.startsWith(ROOT) || parentURL.startsWith(INSTALLED)) return next(specifier, context);
      if (specifier.startsWith('node:')) return { url: specifier, format: 'builtin', shortCircuit: true };
      if (specifier.startsWith('.') && specifier.endsWith('.ts'))
        return { url: new URL(specifier, parentURL).href, format: 'module-typescript', shortCircuit: true };
      if (!/^[@a-z][^:]*$/.test(specifier) || !conditions.includes('import')) return next(specifier, context);
      const known = packages.get(specifier) ?? next(specifier, context);
      packages.set(specifier, { ...known, shortCircuit: true });
      return known;
    },
  });

// Types are stripped in their place: lines stay where they are, and nobody has to look for a map in each file.
process.setSourceMapsEnabled(false);
