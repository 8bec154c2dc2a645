/*
 * Keeps the frame of the console, so that a page that is reloaded without a connection can say so in its own words and go
 * on by itself. Of what the service says nothing is kept, no answer of its API: what is on screen without a connection
 * would look as if it were so now.
 */
const KEPT = 'console-frame';
/** A phone in a cellar does not know that it has no connection, and waits for minutes. */
const PATIENCE_MS = 10_000;
/** Pages of the console; the service has others, for people without an account, and they are not ours. */
const PAGE =
  /^\/($|(cases|ledger|watch|homes|shadow|duty|devices|onboarding|import|rejections|notices|status)(\/|$))/;
/** What a gateway in front of the service says while that is away. */
const AWAY = [502, 504];

self.addEventListener('install', (event) => {
  event.waitUntil(
    fetch('/')
      .then(keep)
      .catch(() => undefined),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate' && PAGE.test(pathname)) event.respondWith(page(event));
  // Their names carry the hash of what they hold.
  else if (pathname.startsWith('/assets/')) event.respondWith(asset(request));
});

/** The service's own page, as long as it answers; only then the one of before. */
async function page(event) {
  const fresh = fetch(event.request);
  event.waitUntil(fresh.then((response) => keep(response.clone())).catch(() => undefined));
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const answer = await Promise.race([fresh, late]).catch(() => undefined);
  if (answer && !AWAY.includes(answer.status)) return answer;
  return (await kept('/')) ?? fresh;
}

const asset = async (request) => (await kept(request)) ?? fetch(request);

async function kept(request) {
  const cache = await caches.open(KEPT);
  return cache.match(request, { ignoreVary: true });
}

/** The page comes last: what it names is there before it, or it is not kept at all. What it names no more goes. */
async function keep(response) {
  if (!response.ok || response.redirected) return;
  const html = await response.clone().text();
  const named = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path);
  if (!named.some((path) => path.startsWith('/assets/'))) return;
  const before = await kept('/');
  if (before && (await before.text()) === html) return;
  const cache = await caches.open(KEPT);
  await cache.addAll(named);
  await cache.put('/', response);
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (pathname !== '/' && !named.includes(pathname)) await cache.delete(url);
  }
}
