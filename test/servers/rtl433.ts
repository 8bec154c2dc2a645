import { createServer, type Server, type Socket } from 'node:net';

/** A Badger ORION meter, number 1234567, 45678 gallons: preamble, sync word, eight bytes as 4-of-6 symbols, CRC. */
const FRAME = `${'aa'.repeat(8)}543db13c5a34e5966b28ce5965964d6b1600`;
/** The same as `rtl_433 -y` plays it: how many bits, then the bits. With `-y` it ends before its own MQTT output connects. */
export const DEMODULATED = `{${FRAME.length * 4}}${FRAME}`;
export const METER = { address: 'radio:badger-orion-1234567', m3: 172.910039 } as const;

const SAMPLES_PER_S = 1_200_000;
const SAMPLES_PER_BIT = SAMPLES_PER_S / 100_000;
const DEVIATION_HZ = 40_000;

/** What a receiver would have heard: bits as shifts of the frequency, as pairs of unsigned bytes around 127.5. */
function waves(hex: string): Buffer {
  const bits = [...hex].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('');
  const samples = Buffer.alloc(bits.length * SAMPLES_PER_BIT * 2);
  let phase = 0;
  for (let i = 0; i < samples.length; i += 2) {
    const shift = bits[Math.floor(i / 2 / SAMPLES_PER_BIT)] === '1' ? DEVIATION_HZ : -DEVIATION_HZ;
    phase += (2 * Math.PI * shift) / SAMPLES_PER_S;
    samples[i] = Math.round(127.5 + 100 * Math.cos(phase));
    samples[i + 1] = Math.round(127.5 + 100 * Math.sin(phase));
  }
  return samples;
}

/** Nobody sends: the last bit of a receiver flickers. */
const quiet = (): Buffer =>
  Buffer.from(Uint8Array.from({ length: SAMPLES_PER_S / 10 }, () => 127 + Math.round(Math.random())));

/** A receiver as the program rtl_tcp offers it over the network, in whose reach that meter sends ten times a second. */
export class Receiver {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver(createServer());
    receiver.#server.on('connection', (socket) => receiver.#serve(socket));
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  /** Arguments with which rtl_433 listens to it. */
  get device(): readonly string[] {
    const address = this.#server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    return ['-d', `rtl_tcp:127.0.0.1:${port}`, '-s', '1200k', '-f', '916.45M', '-R', '223'];
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    // Who it is: an R820T with 29 steps of gain. Commands that set it are read and forgotten.
    socket.write(Buffer.from('52544c30000000050000001d', 'hex'));
    socket.on('data', () => {}).on('error', () => {});
    const timer = setInterval(() => socket.write(Buffer.concat([quiet(), waves(FRAME), quiet()])), 100);
    socket.on('close', () => clearInterval(timer));
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
