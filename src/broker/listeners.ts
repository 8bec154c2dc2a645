import { X509Certificate } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { Place } from '../lib/places.ts';
import { errorText } from '../model/system-words.ts';
import type { BrokerAddresses, CertificateInUse } from '../ports/broker.ts';
import { type Certificates, loadCertificates } from './certificates.ts';
import type { BrokerLimits, BrokerOptions, TlsFiles } from './options.ts';
import { readIntoSharedBuffer } from './shared-read.ts';

/** What the listeners ask of the broker. */
export interface Reception {
  /** A connection was opened. */
  admit(address: string, drop: () => void): Place;
  closed(place: Place): void;
  connected(conn: Duplex, place: Place, request: IncomingMessage | undefined): void;
  /** A TLS handshake or an acceptance that failed. */
  failed(from: string, error: Error): void;
}

/** The doors of the embedded broker: TCP, TLS and WebSocket. */
export class Listeners {
  readonly #options: BrokerOptions;
  readonly #limits: BrokerLimits;
  readonly #reception: Reception;
  readonly #servers: Server[] = [];
  /** Places of connections that were opened and are not ready yet: a handshake, or the head of a request, comes first. */
  readonly #opened = new Map<string, Place>();
  #webSockets: WebSocketServer | undefined;
  #tlsServer: TlsServer | undefined;
  #certificate: CertificateInUse | undefined;

  constructor(options: BrokerOptions, limits: BrokerLimits, reception: Reception) {
    this.#options = options;
    this.#limits = limits;
    this.#reception = reception;
  }

  /** @throws if a port is taken or the certificate does not load; nothing listens then. */
  async open(): Promise<BrokerAddresses> {
    const { mqtt, webSocket, mqtts } = this.#options.ports;
    try {
      return {
        ...(isOn(mqtt) && { mqtt: await this.#listen('mqtt', this.#tcpServer(), mqtt) }),
        ...(isOn(mqtts) && { mqtts: await this.#listen('mqtts', await this.#tls(), mqtts) }),
        ...(isOn(webSocket) && { webSocket: await this.#listen('ws', this.#webSocketServer(), webSocket) }),
      };
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Takes no more connections. Those that are open are the broker's to close. */
  close(): void {
    const servers = this.#servers.splice(0);
    for (const server of servers) server.close();
    this.#webSockets?.close();
  }

  /** @throws if the files do not load: the old certificate stays in use. */
  async reloadCertificates(files: TlsFiles): Promise<boolean> {
    try {
      const certificates = await loadCertificates(files);
      this.#tlsServer?.setSecureContext(tlsOptions(certificates));
      this.#use(certificates);
    } catch (error) {
      if (this.#certificate) this.#certificate = { ...this.#certificate, renewal: errorText(error) };
      throw error;
    }
    return this.#tlsServer !== undefined;
  }

  /** What devices are shown; undefined without TLS. */
  get certificate(): CertificateInUse | undefined {
    return this.#certificate;
  }

  #use({ cert }: Certificates): void {
    this.#certificate = { endsAt: Date.parse(new X509Certificate(cert).validTo) };
  }

  async #listen(scheme: string, server: Server, port: number): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen(port, this.#options.host, resolve);
    await promise;
    server.off('error', reject);
    // A connection that cannot be accepted, for want of file descriptors: the others live on.
    server.on('error', (error) => this.#reception.failed(scheme, error));
    this.#servers.push(server);
    const { port: bound } = server.address() as AddressInfo;
    return `${scheme}://${hostForUrl(this.#options.host)}:${bound}`;
  }

  #tcpServer(): Server {
    return createServer({ noDelay: true }, (socket) => {
      readIntoSharedBuffer(socket);
      this.#reception.connected(socket, this.#counted(socket), undefined);
    });
  }

  async #tls(): Promise<Server> {
    if (!this.#options.tls) throw new Error('mqtts needs a certificate and its key');
    const certificates = await loadCertificates(this.#options.tls);
    const server = createTlsServer({
      ...tlsOptions(certificates),
      noDelay: true,
      handshakeTimeout: this.#limits.connectTimeoutMs,
    });
    // Counted when the connection opens, so that handshakes that never end count too.
    server.on('connection', (socket: Socket) => this.#counted(socket, 'comes'));
    server.on('secureConnection', (socket) => {
      const place = this.#placeOf(socket);
      if (place) this.#reception.connected(socket, place, undefined);
      else socket.destroy();
    });
    server.on('tlsClientError', (error, socket) => this.#reception.failed(addressOf(socket), error));
    this.#tlsServer = server;
    this.#use(certificates);
    return server;
  }

  #webSocketServer(): Server {
    const timeout = this.#limits.connectTimeoutMs;
    const http = createHttpServer(
      { noDelay: true, headersTimeout: timeout, requestTimeout: timeout },
      (_, reply) => {
        reply.writeHead(426, { connection: 'close', upgrade: 'websocket' }).end();
      },
    );
    http.on('connection', (socket) => this.#counted(socket, 'comes'));
    this.#webSockets = new WebSocketServer({
      server: http,
      // One WebSocket message may carry several frames; the frame guard looks at each of them.
      maxPayload: 2 * this.#limits.frameBytesMax,
      perMessageDeflate: false,
      handleProtocols: (offered) =>
        offered.has('mqtt') ? 'mqtt' : offered.has('mqttv3.1') ? 'mqttv3.1' : false,
    });
    // It repeats the errors of its server, which are heard there.
    this.#webSockets.on('error', () => undefined);
    this.#webSockets.on('connection', (webSocket, request) => {
      const place = this.#placeOf(request.socket);
      if (place) this.#reception.connected(createWebSocketStream(webSocket), place, request);
      else webSocket.terminate();
    });
    return http;
  }

  /** @param then whether the client `comes` later, over a stream of another kind */
  #counted(socket: Socket, then?: 'comes'): Place {
    const place = this.#reception.admit(addressOf(socket), () => socket.destroy());
    const peer = then && peerOf(socket);
    if (peer !== undefined) this.#opened.set(peer, place);
    // Comes once anyway; `once` would keep a wrapper and its state for each connection.
    socket.on('close', () => {
      if (peer !== undefined && this.#opened.get(peer) === place) this.#opened.delete(peer);
      this.#reception.closed(place);
    });
    return place;
  }

  #placeOf(socket: Socket): Place | undefined {
    const peer = peerOf(socket);
    const place = this.#opened.get(peer);
    this.#opened.delete(peer);
    return place;
  }
}

/** Both ends: the socket below a TLS connection is none that can be asked for. */
const peerOf = (socket: Socket): string => `${socket.localPort} ${socket.remoteAddress} ${socket.remotePort}`;

function isOn(port: number | false | undefined): port is number {
  return port !== false && port !== undefined;
}

function tlsOptions(certificates: Certificates) {
  const asked = certificates.ca !== undefined;
  return { ...certificates, minVersion: 'TLSv1.2', requestCert: asked, rejectUnauthorized: asked } as const;
}

/** Kept on the socket by Node only while it is open: asked once, at the beginning. */
function addressOf(socket: Socket): string {
  return (socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '');
}

function hostForUrl(host: string | undefined): string {
  if (host === undefined || host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
