import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** The variables that name a proxy, as everywhere: HTTPS_PROXY, HTTP_PROXY, NO_PROXY, in either case. */
const NAMES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];

/**
 * Leads through the proxy of the environment, where there is one: offices let nothing else out. Node itself reads
 * `proxyEnv` (from 24.5), and NO_PROXY with it. Undefined: no proxy is named.
 */
export function proxyAgent(url: string, env: NodeJS.ProcessEnv = process.env): HttpAgent | undefined {
  if (!NAMES.some((name) => (env[name] ?? '') !== '')) return undefined;
  const options: AgentOptions = { keepAlive: false, proxyEnv: env };
  return /^(https|wss):/.test(url) ? new HttpsAgent(options) : new HttpAgent(options);
}
