import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { DAY } from '../../lib/clock.ts';
import { errorText, NO_ANSWER } from '../../model/system-words.ts';
import type { Text } from '../../model/text.ts';
import { type DoctorCheck, type Finding, finding } from './finding.ts';

const DAYS_LOW = 21;
const CONNECT_MS = 5_000;

/** A certificate of ours: when it ends, whether the chain holds and the key is its own, and whom it names. */
export function ownCertificate(
  check: DoctorCheck,
  files: { readonly certFile: string; readonly keyFile: string },
  now: number,
  name?: string,
): Finding {
  try {
    const chain = chainIn(readFileSync(files.certFile, 'utf8'));
    const [own] = chain;
    if (!own) return finding(check, 'problem', '文件中没有证书', `${files.certFile} holds no certificate`);
    if (!own.checkPrivateKey(createPrivateKey(readFileSync(files.keyFile))))
      return finding(check, 'problem', '私钥与证书不符', 'The private key is not the one of the certificate');
    const broken = chain.findIndex(
      (each, i) => i + 1 < chain.length && !each.checkIssued(chain[i + 1] ?? each),
    );
    if (broken >= 0)
      return finding(
        check,
        'problem',
        `证书链第 ${broken + 1} 张不是由下一张签发`,
        `Certificate ${broken + 1} of the chain is not issued by the next one`,
      );
    if (name !== undefined && !(isIP(name) ? own.checkIP(name) : own.checkHost(name)))
      return finding(check, 'problem', `证书不含名称 ${name}`, `The certificate does not name ${name}`);
    return lasts(
      check,
      own.subject.replaceAll('\n', ', '),
      Date.parse(own.validFrom),
      Date.parse(own.validTo),
      now,
    );
  } catch (error) {
    const { zh, en } = errorText(error);
    return finding(check, 'problem', `无法读取：${zh}`, `Cannot be read: ${en}`);
  }
}

const chainIn = (pem: string): X509Certificate[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (one) => new X509Certificate(one),
  );

function lasts(check: DoctorCheck, whose: string, from: number, to: number, now: number): Finding {
  const days = Math.floor((to - now) / DAY);
  if (now < from) return finding(check, 'problem', `${whose}：尚未生效`, `${whose}: is not valid yet`);
  if (now > to) return finding(check, 'problem', `${whose}：已过期`, `${whose}: has expired`);
  return finding(
    check,
    days < DAYS_LOW ? 'warning' : 'ok',
    `${whose}：还有 ${days} 天`,
    `${whose}: ${days} days left`,
  );
}

/** The certificate of a broker elsewhere, as our connection to it would see it. Needs no account. */
export async function brokerCertificate(
  url: string,
  caFile: string | undefined,
  now: number,
): Promise<Finding> {
  const { hostname, port } = new URL(url);
  const { promise, resolve } = Promise.withResolvers<Finding>();
  const socket = connect({
    host: hostname,
    port: Number(port || 8883),
    servername: hostname,
    ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }),
    timeout: CONNECT_MS,
  });
  const check = 'certificate-broker';
  const away = ({ zh, en }: Text): void =>
    resolve(finding(check, 'problem', `${url}：${zh}`, `${url}: ${en}`));
  socket.on('secureConnect', () => {
    const { subject, valid_from: from, valid_to: to } = socket.getPeerCertificate();
    resolve(lasts(check, `CN=${String(subject?.CN ?? '')}`, Date.parse(from), Date.parse(to), now));
  });
  socket.on('error', (error) => away(errorText(error)));
  socket.on('timeout', () => away(NO_ANSWER));
  return promise.finally(() => socket.destroy());
}
