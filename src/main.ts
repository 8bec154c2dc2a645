import { runCli } from './cli.ts';

process.exitCode = await runCli(process.argv.slice(2));
// What failed half way may have left something listening: the process must end, so that whoever watches it starts it again.
if (process.exitCode !== 0) setTimeout(() => process.exit(), 500).unref();
