import type { FastifyInstance } from 'fastify';
import { ensureAdministrator } from '../api/accounts.ts';
import type { RecordStore } from '../ports/records.ts';
import type { Service } from '../ports/service.ts';
import type { HttpsCertificate } from './https-certificate.ts';
import type { registryParser } from './registry-parser.ts';
import type { StartOptions } from './wiring.ts';

/** The API, and where it is heard. Loaded only here: what a reading needs does not wait for it. */
export async function servedApi(
  options: StartOptions,
  parseImport: ReturnType<typeof registryParser>,
  service: Service,
  controlToken: string,
  https: HttpsCertificate | undefined,
): Promise<{ api: FastifyInstance; http: string; given: FirstAdministrator | undefined }> {
  const { parts, logger } = options;
  const { config } = parts.loaded;
  const { apiServer } = await import('../api/server.ts');
  const api = await apiServer(service, {
    logger,
    demo: options.demo ?? false,
    simulatedStaff: options.simulatedStaff ?? false,
    controlToken,
    parseImport,
    trustProxy: config.http.trustedProxies,
    ...(config.http.metricsToken === undefined ? {} : { metricsToken: config.http.metricsToken }),
    ...(config.http.publicUrl === undefined ? {} : { publicUrl: config.http.publicUrl }),
    ...(https && { https: https.certificates }),
  });
  // Whoever brought a password along signs in with the first answer: a 401 would say that it is wrong.
  const isGiven = parts.loaded.adminPassword !== undefined;
  const given = isGiven ? await firstAdministrator(options, service.records) : undefined;
  const http = await api.listen({ host: config.http.host, port: config.http.port });
  https?.keeps(api.server);
  return { api, http, given };
}

type FirstAdministrator = Awaited<ReturnType<typeof ensureAdministrator>>;

export const firstAdministrator = (
  { env, parts, clock }: StartOptions,
  records: RecordStore,
): Promise<FirstAdministrator> =>
  ensureAdministrator(records, {
    env: { ...env, SHOUWANG_ADMIN_PASSWORD: parts.loaded.adminPassword },
    now: clock.now(),
  });

/** The address under which a command on this machine reaches the API. */
export const localUrl = (address: string): string =>
  address.replace(/\/\/(0\.0\.0\.0|\[::\]|\[::1\])/, '//127.0.0.1');
