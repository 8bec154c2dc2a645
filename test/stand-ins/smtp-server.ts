import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

export interface MailReceived {
  readonly from: string;
  readonly to: string;
  readonly data: string;
  readonly encrypted: boolean;
  readonly user: string | undefined;
}

export interface SmtpOptions {
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Mail only from this account. */
  readonly account?: { readonly user: string; readonly password: string };
  /** Offers STARTTLS; otherwise, with `tls`, the connection is encrypted from the beginning. */
  readonly startTls?: boolean;
}

/**
 * A STAND-IN for a mail server. It speaks SMTP as RFC 5321 has it, with STARTTLS (RFC 3207), AUTH PLAIN (RFC 4954) and
 * enhanced status codes (RFC 2034); `refusals` answers a command with another line, once for each entry.
 */
export class SmtpServer {
  readonly received: MailReceived[] = [];
  /** `RCPT` → `550 5.1.1 no such user`; used up one by one. */
  readonly refusals: { readonly command: string; readonly line: string }[] = [];
  readonly #options: SmtpOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(options: SmtpOptions) {
    this.#options = options;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
      const { tls, startTls } = options;
      if (tls && !startTls) this.#serve(this.#encrypted(socket), true, true);
      else this.#serve(socket, false, true);
    });
  }

  static async open(options: SmtpOptions = {}): Promise<SmtpServer> {
    const server = new SmtpServer(options);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  #encrypted(socket: Socket): Socket {
    const { key = '', cert = '' } = this.#options.tls ?? {};
    const secured = new TLSSocket(socket, { isServer: true, key, cert });
    secured.on('error', () => {});
    return secured;
  }

  #serve(socket: Socket, encrypted: boolean, greets: boolean): void {
    const mail = { from: '', to: '', user: undefined as string | undefined };
    let [text, inData]: [string, boolean] = ['', false];
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    const take = (chunk: Buffer): void => {
      text += chunk.toString('utf8');
      for (;;) {
        const end = text.indexOf(inData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const part = text.slice(0, end);
        text = text.slice(end + (inData ? 5 : 2));
        if (inData) {
          inData = false;
          const refused = this.#refusal('.');
          if (!refused) this.received.push({ ...mail, data: part, encrypted });
          say(refused ?? '250 2.0.0 Ok: queued as 4F1A2B');
          continue;
        }
        const command = part.split(' ')[0]?.toUpperCase() ?? '';
        const refused = this.#refusal(command);
        if (refused) say(refused);
        else if (command === 'STARTTLS') {
          say('220 2.0.0 Ready to start TLS');
          socket.off('data', take);
          this.#serve(this.#encrypted(socket), true, false);
          return;
        } else inData = this.#command(command, part, mail, encrypted, say);
        if (command === 'QUIT') socket.end();
      }
    };
    socket.on('data', take);
    if (greets) say(this.#refusal('CONNECT') ?? '220 mail.example ESMTP');
  }

  #command(
    command: string,
    line: string,
    mail: { from: string; to: string; user: string | undefined },
    encrypted: boolean,
    say: (line: string) => void,
  ): boolean {
    const { account, startTls } = this.#options;
    switch (command) {
      case 'EHLO': {
        const more = [
          ...(startTls && !encrypted ? ['STARTTLS'] : []),
          ...(account ? ['AUTH PLAIN'] : []),
          'ENHANCEDSTATUSCODES',
          'SMTPUTF8',
        ];
        say(
          ['mail.example', ...more].map((one, i) => `250${i === more.length ? ' ' : '-'}${one}`).join('\r\n'),
        );
        return false;
      }
      case 'AUTH': {
        const [, user, password] = Buffer.from(line.split(' ')[2] ?? '', 'base64')
          .toString()
          .split('\0');
        const ok = user === account?.user && password === account?.password;
        if (ok) mail.user = user;
        say(ok ? '235 2.7.0 Accepted' : '535 5.7.8 Error: authentication failed');
        return false;
      }
      case 'MAIL':
        if (account && mail.user === undefined) say('530 5.7.0 Authentication required');
        else {
          mail.from = /<(.*?)>/.exec(line)?.[1] ?? '';
          say('250 2.1.0 Ok');
        }
        return false;
      case 'RCPT':
        mail.to = /<(.*?)>/.exec(line)?.[1] ?? '';
        say('250 2.1.5 Ok');
        return false;
      case 'DATA':
        say('354 End data with <CR><LF>.<CR><LF>');
        return true;
      case 'QUIT':
        say('221 2.0.0 Bye');
        return false;
      default:
        say('250 2.0.0 Ok');
        return false;
    }
  }

  #refusal(command: string): string | undefined {
    const at = this.refusals.findIndex((one) => one.command === command);
    return at < 0 ? undefined : this.refusals.splice(at, 1)[0]?.line;
  }
}
