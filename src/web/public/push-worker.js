/*
 * Shows what the service pushes, also while no page of the console is open, and takes what a person does with it. It runs
 * as it stands here: a browser compares it byte by byte to see whether it has changed.
 *
 * What is pushed: src/notify/channels/web-push.ts.
 */
importScripts('/shell-worker.js');

const WORDS = {
  zh: { take: '我来接手', taken: '已接手', failed: '未能接手，请打开查看', signIn: '请先登录' },
  en: {
    take: 'I take this on',
    taken: 'Taken',
    failed: 'Not taken: please open it',
    signIn: 'Please sign in',
  },
};

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => {
  event.waitUntil(show(read(event.data)));
});

/** A browser takes the right to push away from whoever pushes and shows nothing: something is always shown. */
function read(data) {
  try {
    return data.json();
  } catch {
    return { title: '守望 Shouwang', body: '', tag: 'unreadable', locale: 'zh' };
  }
}

async function show(message) {
  const words = WORDS[message.locale] ?? WORDS.zh;
  if (message.isNews) {
    // Only what is still on the screen is corrected: nobody is called again to hear that nothing is left to do.
    const shown = await self.registration.getNotifications({ tag: message.tag });
    if (shown.length === 0 && (await anyPageIsVisible())) return;
  }
  await self.registration.showNotification(message.title, {
    body: message.body,
    tag: message.tag,
    icon: '/icon.svg',
    lang: message.locale === 'en' ? 'en' : 'zh-CN',
    renotify: !message.isNews,
    silent: message.isNews === true,
    requireInteraction: message.urgent === true && !message.isNews,
    actions: message.canTake ? [{ action: 'take', title: words.take }] : [],
    data: message,
  });
}

async function anyPageIsVisible() {
  const pages = await self.clients.matchAll({ type: 'window' });
  return pages.some((page) => page.visibilityState === 'visible');
}

self.addEventListener('notificationclick', (event) => {
  const message = event.notification.data ?? {};
  event.notification.close();
  const seen = message.notice ? post(`/notices/${encodeURIComponent(message.notice)}/seen`) : undefined;
  const done = event.action === 'take' ? take(message) : open(message);
  event.waitUntil(Promise.all([seen, done]));
});

/** With the same key however often it is pressed: the service does it once. */
async function take(message) {
  const words = WORDS[message.locale] ?? WORDS.zh;
  const answer = await post(
    `/cases/${encodeURIComponent(message.case)}/acknowledge`,
    `push.${message.notice}`,
  );
  if (answer?.status === 401) return open(message);
  const body = answer?.ok ? words.taken : (answer?.title ?? words.failed);
  await show({ ...message, body, canTake: false, urgent: false, isNews: false });
}

async function open(message) {
  const path = message.case ? `/cases/${encodeURIComponent(message.case)}` : '/';
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = pages.find((one) => new URL(one.url).origin === self.location.origin);
  if (!page) return self.clients.openWindow(path);
  await page.focus().catch(() => undefined);
  return page.navigate(path).catch(() => self.clients.openWindow(path));
}

/** As the person who is signed in; undefined where no answer came. */
async function post(path, key) {
  try {
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    if (key) headers['idempotency-key'] = key;
    const response = await fetch(`/api/v1${path}`, {
      method: 'POST',
      headers,
      credentials: 'same-origin',
      body: key ? '{}' : undefined,
    });
    const problem = response.ok ? {} : await response.json().catch(() => ({}));
    return { ok: response.ok, status: response.status, title: problem.title };
  } catch {
    return undefined;
  }
}
