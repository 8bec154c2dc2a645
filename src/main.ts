import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Compiled sources are kept from start to start, beside them and not in a folder that others may write to. Where that
// cannot be written, a start takes half a second longer.
enableCompileCache(fileURLToPath(new URL('../.cache/compile', import.meta.url)));
const { outliveReaders, runCli } = await import('./cli.ts');

const args = process.argv.slice(2);
outliveReaders(args);
process.exitCode = await runCli(args);
// What failed half way may have left something listening: the process must end, so that whoever watches it starts it again.
if (process.exitCode !== 0) setTimeout(() => process.exit(), 500).unref();
