import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { type Clock, MINUTE } from '../lib/clock.ts';
import { openFilesMax } from '../lib/open-files.ts';
import { LIMITS } from '../model/limits.ts';
import { connectionCounter } from './operations.ts';

export interface ConnectionBounds {
  readonly max: number;
  /** Of one address, of those over which nobody has said who they are. */
  readonly strangersPerAddressMax: number;
}

/** Why a connection was closed: it gave way to a newer one, of its address or of all; or all places are in use. */
export type ConnectionDrop = 'of-address' | 'of-all' | 'full';

interface Connection {
  readonly socket: Socket;
  readonly address: string;
  /** The answer to what was asked last. */
  answer: ServerResponse | undefined;
}

/**
 * Connections to console and API. Each is an open file of the process, and without a bound whoever begins requests and
 * never ends them leaves none for a device that calls for help. At a bound the oldest stranger gives way: a request that is meant
 * is over in a moment. Over which somebody has said who they are, that stays while it is in use.
 */
export class Connections {
  readonly #bounds: ConnectionBounds;
  readonly #dropped: (why: ConnectionDrop, address: string) => void;
  readonly #all = new Map<string, Connection>();
  /** In the order in which they came. */
  readonly #strangers = new Set<Connection>();
  readonly #strangersAt = new Map<string, Set<Connection>>();

  constructor(
    server: Server,
    bounds: ConnectionBounds,
    dropped: (why: ConnectionDrop, address: string) => void,
  ) {
    this.#bounds = bounds;
    this.#dropped = dropped;
    server.on('connection', (socket: Socket) => this.#open(socket));
    server.on('request', (request: IncomingMessage, answer: ServerResponse) => {
      const connection = this.#all.get(keyOf(request.socket));
      if (connection) connection.answer = answer;
    });
  }

  get count(): number {
    return this.#all.size;
  }

  /** Somebody has said over this connection who they are. */
  isKnown(socket: Socket): void {
    const connection = this.#all.get(keyOf(socket));
    if (connection) this.#noStranger(connection);
  }

  #open(socket: Socket): void {
    const key = keyOf(socket);
    const address = socket.remoteAddress ?? '';
    const near = this.#strangersAt.get(address);
    if (near && near.size >= this.#bounds.strangersPerAddressMax) this.#drop(first(near), 'of-address');
    if (this.#all.size >= this.#bounds.max) this.#drop(first(this.#strangers) ?? this.#idle(), 'of-all');
    if (this.#all.size >= this.#bounds.max) {
      this.#dropped('full', address);
      socket.destroy();
      return;
    }
    const connection = { socket, address, answer: undefined };
    this.#all.set(key, connection);
    this.#strangers.add(connection);
    if (near?.size) near.add(connection);
    else this.#strangersAt.set(address, new Set([connection]));
    socket.once('close', () => this.#forget(key, connection));
  }

  /** Where all are known: the oldest over which nothing is asked or told at the moment. */
  #idle(): Connection | undefined {
    for (const connection of this.#all.values())
      if (connection.answer?.writableEnded !== false) return connection;
    return undefined;
  }

  #drop(connection: Connection | undefined, why: ConnectionDrop): void {
    if (!connection) return;
    this.#dropped(why, connection.address);
    this.#forget(keyOf(connection.socket), connection);
    connection.socket.destroy();
  }

  #forget(key: string, connection: Connection): void {
    if (this.#all.get(key) === connection) this.#all.delete(key);
    this.#noStranger(connection);
  }

  #noStranger(connection: Connection): void {
    if (!this.#strangers.delete(connection)) return;
    const near = this.#strangersAt.get(connection.address);
    near?.delete(connection);
    if (near?.size === 0) this.#strangersAt.delete(connection.address);
  }
}

/** With TLS a request comes over another socket object than the connection did: both have the same ends. */
const keyOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

const first = <T>(all: Iterable<T>): T | undefined => {
  for (const one of all) return one;
  return undefined;
};

/** Those of this server, counted; at their bound the log says so, once a minute. */
export function boundConnections(
  app: FastifyInstance,
  metrics: Registry,
  clock: Clock,
  bounds: ConnectionBounds = {
    max: Math.min(LIMITS.httpConnectionsMax, Math.floor(openFilesMax() * LIMITS.httpShareOfFiles)),
    strangersPerAddressMax: LIMITS.httpStrangersPerAddressMax,
  },
): Connections {
  const count = connectionCounter(metrics, () => connections.count);
  let saidAt = Number.NEGATIVE_INFINITY;
  const connections = new Connections(app.server, bounds, (reason, address) => {
    count(reason);
    if (clock.now() - saidAt < MINUTE) return;
    saidAt = clock.now();
    app.log.warn(
      { reason, address, connections: connections.count },
      'too many connections to console and API: those over which nobody has said who they are give way',
    );
  });
  return connections;
}
