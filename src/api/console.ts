import { existsSync } from 'node:fs';
import { join } from 'node:path';
import staticFiles from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/**
 * Serves the built console. Every address that is no file and no part of the API is a page of the console, which
 * decides itself what to show. Without a build there is a page that says how to make one.
 */
export async function registerConsole(
  app: FastifyInstance,
  root: string | undefined,
): Promise<(reply: FastifyReply) => FastifyReply> {
  if (root === undefined) return notBuilt;
  // Looked for until it is there: whoever builds it while the service runs need not interrupt that.
  let isBuilt = false;
  const sendConsole = (reply: FastifyReply): FastifyReply => {
    isBuilt ||= existsSync(join(root, 'index.html'));
    return isBuilt ? reply.sendFile('index.html') : notBuilt(reply);
  };
  await app.register(staticFiles, {
    root,
    index: false,
    // As the build leaves them beside scripts and styles.
    preCompressed: true,
    setHeaders(reply, path) {
      // Names under assets/ carry the hash of what they hold; all others must be asked for again.
      const hashed = path.startsWith(join(root, 'assets'));
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  // The plugin answers the bare address itself, and with an error; the first page has no file name either.
  app.get('/', { schema: { hide: true } }, (_, reply) => sendConsole(reply));
  return sendConsole;
}

const notBuilt = (reply: FastifyReply): FastifyReply =>
  reply.code(503).type('text/html; charset=utf-8').send(NOT_BUILT);

/** Does a browser ask for a page, as opposed to a program that asks for data or a page that asks for a missing file? */
export const wantsPage = ({ method, url, headers }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') &&
  !url.startsWith('/api/') &&
  !url.startsWith('/assets/') &&
  (url === '/' || (headers.accept ?? '').includes('text/html'));

const NOT_BUILT = `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>守望 Shouwang</title>
<h1>控制台尚未构建</h1>
<p>服务正在运行，但没有可显示的页面。请在安装目录执行 <code>npm run build</code>，然后刷新本页。</p>
<hr>
<h1 lang="en">The console has not been built</h1>
<p lang="en">The service is running; only its pages are missing. Run <code>npm run build</code> where it is installed, then reload this page. The API is at <a href="/api/v1/openapi.json">/api/v1</a>.</p>
</html>
`;
