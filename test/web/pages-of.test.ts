import { expect, test } from 'vitest';
import { withFirstPage, withNextPage } from '../../src/web/parts/pages-of.ts';

const items = (...ids: number[]) => ids.map((id) => ({ id: String(id) }));

test('what is new comes in front, and nothing that was loaded beyond the first page goes', () => {
  const first = withFirstPage(undefined, { items: items(9, 8, 7), next: 'after 7' });
  const both = withNextPage(first, { items: items(6, 5), next: 'after 5' }, 'after 7');
  expect(both).toEqual({ rows: items(9, 8, 7, 6, 5), next: 'after 5' });
  // The first page has room for three: what it pushed out stays in its place.
  expect(withFirstPage(both, { items: items(10, 9, 8), next: 'after 8' })).toEqual({
    rows: items(10, 9, 8, 7, 6, 5),
    next: 'after 5',
  });
});

test('what is gone from the first page goes', () => {
  const shown = { rows: items(9, 8, 7, 6, 5), next: 'after 5' };
  expect(withFirstPage(shown, { items: items(9, 7, 6), next: 'after 6' }).rows).toEqual(items(9, 7, 6, 5));
});

test('where so much is new that something may lie in between, the list begins anew', () => {
  const shown = { rows: items(9, 8, 7, 6, 5), next: 'after 5' };
  expect(withFirstPage(shown, { items: items(30, 29, 28), next: 'after 28' })).toEqual({
    rows: items(30, 29, 28),
    next: 'after 28',
  });
});

test('a page that came twice is shown once', () => {
  const shown = { rows: items(9, 8), next: 'after 8' };
  expect(withNextPage(shown, { items: items(8, 7) }, 'after 8')).toEqual({ rows: items(9, 8, 7) });
});

test('a page that was asked for before the list began anew does not hide what lies in between', () => {
  const shown = withFirstPage(
    { rows: items(9, 8), next: 'after 8' },
    { items: items(30, 29), next: 'after 29' },
  );
  expect(withNextPage(shown, { items: items(7, 6), next: 'after 6' }, 'after 8')).toEqual(shown);
});
