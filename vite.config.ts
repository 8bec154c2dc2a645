import { defineConfig } from 'vite';

/**
 * Builds the console into dist/web, from where the service serves it. Nothing is inlined (a strict content security
 * policy stays possible), and the targets are old on purpose: chat apps on cheap Android phones carry old web views.
 */
export default defineConfig({
  root: 'src/web',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: ['chrome93', 'firefox98', 'safari15.4'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { '/api': { target: 'http://127.0.0.1:8080' } },
  },
});
