import { z } from 'zod';
import { host, port, tls } from './listening-schema.ts';

const { ipv4, cidrv4, ipv6, cidrv6 } = z.core.regexes;
const ADDRESSES = new RegExp([ipv4, cidrv4, ipv6, cidrv6].map(({ source }) => `(?:${source})`).join('|'));

export const http = z
  .strictObject({
    host: host.default('0.0.0.0').meta({
      title: 'Address to listen on',
      description:
        '0.0.0.0: phones in the network reach the console too; everything but the health page needs a login',
    }),
    port: port.default(8080).meta({ title: 'Port of console and API' }),
    publicUrl: z
      .url({ protocol: /^https?$/, error: 'an address such as https://shouwang.example' })
      .optional()
      .meta({ title: 'Address as people know it', description: 'for links in notices and for cookies' }),
    tls: tls.optional().meta({ title: 'TLS; absent: plain HTTP, as behind a proxy' }),
    metricsToken: z
      .string()
      .regex(/^[\x21-\x7e]{16,200}$/, '16 to 200 letters, digits and signs')
      .optional()
      .meta({
        title: 'Token with which a Prometheus on another machine reads /metrics',
        description: 'absent: with a token of an account alone',
        secret: true,
      }),
    trustedProxies: z
      .array(z.string().regex(ADDRESSES, 'an address or a range, such as 10.0.0.0/8'))
      .max(100)
      .default([])
      .meta({
        title: 'Proxies that say in X-Forwarded-For who asks',
        description:
          'addresses and ranges; behind one that is not named all people have one address, and share its limits',
      }),
  })
  .prefault({})
  .meta({ title: 'Console and API' });
