import { X509Certificate } from 'node:crypto';
import type { Server } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Logger } from 'pino';
import { type Certificates, loadCertificates, watchCertificates } from '../broker/certificates.ts';
import type { TlsFiles } from '../broker/options.ts';
import { errorText } from '../model/system-words.ts';
import type { CertificateInUse } from '../ports/broker.ts';

/**
 * The certificate of console, API and the links of notices: renewed files are taken over without a restart, as those of
 * MQTT are, and its end is told in time. A browser lets nobody in whose certificate is over, and no push service rings.
 */
export class HttpsCertificate {
  readonly #files: TlsFiles;
  readonly #logger: Logger;
  #certificates: Certificates;
  #inUse: CertificateInUse;

  private constructor(files: TlsFiles, certificates: Certificates, logger: Logger) {
    this.#files = files;
    this.#logger = logger;
    this.#certificates = certificates;
    this.#inUse = inUse(certificates);
  }

  /** @throws if the files do not load */
  static async of(files: TlsFiles | undefined, logger: Logger): Promise<HttpsCertificate | undefined> {
    return files && new HttpsCertificate(files, await loadCertificates(files), logger);
  }

  /** What the server begins with. */
  get certificates(): Certificates {
    return this.#certificates;
  }

  get inUse(): CertificateInUse {
    return this.#inUse;
  }

  /** From now on the server shows what the files hold. */
  keeps(server: Server): void {
    const unwatch = watchCertificates(this.#files, () => void this.#renew(server as unknown as HttpsServer));
    server.once('close', unwatch);
    // They were read when the start began, and a long one (a registry that is taken over) may have seen them renewed.
    void this.#renew(server as unknown as HttpsServer);
  }

  async #renew(server: HttpsServer): Promise<void> {
    try {
      const { cert, key } = await loadCertificates(this.#files);
      const { cert: shown, key: ours } = this.#certificates;
      if (cert === shown && key === ours) {
        this.#inUse = inUse(this.#certificates);
        return;
      }
      this.#certificates = { cert, key };
      server.setSecureContext(this.#certificates);
      this.#inUse = inUse(this.#certificates);
      this.#logger.info('certificate of the console reloaded');
    } catch (error) {
      this.#inUse = { ...this.#inUse, renewal: errorText(error) };
      this.#logger.error({ err: error }, 'certificate of the console does not load: the old one stays');
    }
  }
}

const inUse = ({ cert }: Certificates): CertificateInUse => ({
  endsAt: Date.parse(new X509Certificate(cert).validTo),
  of: 'console',
});
