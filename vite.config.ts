import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Beside each script and style as it is sent: over the network of a phone it is a third of it. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  writeBundle({ dir = '' }, bundle) {
    for (const [name, file] of Object.entries(bundle))
      if (/\.(js|css)$/.test(name))
        writeFileSync(
          join(dir, `${name}.gz`),
          gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 }),
        );
  },
};

/**
 * Builds the console into dist/web, from where the service serves it. Nothing is inlined (a strict content security
 * policy stays possible), and the targets are old on purpose: chat apps on cheap Android phones carry old web views.
 */
export default defineConfig({
  root: 'src/web',
  plugins: [compressed],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: ['chrome93', 'firefox98', 'safari15.4'],
    assetsInlineLimit: 0,
    // A third of it as it is sent, and once: the browser keeps it. What only charts need is apart.
    chunkSizeWarningLimit: 600,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { '/api': { target: 'http://127.0.0.1:8080' } },
  },
});
