/** `npm run docs`: writes what the definitions say into the pages of docs/. A test fails while a page is stale. */
import { writeFile } from 'node:fs/promises';
import { docsPages, pathOf } from './docs-pages.ts';

for (const page of await docsPages()) {
  const stale = page.current !== page.fresh;
  if (stale) await writeFile(pathOf(page), page.fresh);
  console.log(`${page.file}: ${stale ? 'written' : 'is up to date'}`);
}
