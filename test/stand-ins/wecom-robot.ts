import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../src/lib/clock.ts';

/** A text that the group has received. */
export interface RobotMessage {
  readonly key: string;
  readonly content: string;
  readonly mobiles: readonly string[];
  readonly at: number;
}

/**
 * A STAND-IN for the WeCom group robot, not WeCom. It follows what the vendor documents (developer.work.weixin.qq.com,
 * pages 91770 and 99110): POST /cgi-bin/webhook/send?key=…, HTTP 200 with `errcode` and `errmsg` in the body, 20
 * messages a minute for each robot (45009 beyond), texts of up to 2048 bytes (40058), unknown keys (93000), unknown
 * message types (40008), empty texts (44004).
 */
export class WeComRobot {
  readonly messages: RobotMessage[] = [];
  /** Answers given, by errcode. */
  readonly answers: number[] = [];
  readonly #keys: ReadonlySet<string>;
  readonly #clock: Clock;
  readonly #server: Server;

  private constructor(clock: Clock, keys: readonly string[]) {
    this.#clock = clock;
    this.#keys = new Set(keys);
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Listens on a free port of this machine. */
  static async open(clock: Clock, keys: readonly string[]): Promise<WeComRobot> {
    const robot = new WeComRobot(clock, keys);
    await new Promise<void>((resolve) => robot.#server.listen(0, '127.0.0.1', resolve));
    return robot;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const url = new URL(request.url ?? '/', 'http://robot');
    if (request.method !== 'POST' || url.pathname !== '/cgi-bin/webhook/send') {
      response.writeHead(404).end();
      return;
    }
    const [errcode, words] = this.#take(url.searchParams.get('key') ?? '', Buffer.concat(chunks).toString());
    this.answers.push(errcode);
    const hint = `, hint: [0], from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e=${errcode}`;
    const body = JSON.stringify({ errcode, errmsg: errcode === 0 ? words : words + hint });
    response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' }).end(body);
  }

  #take(key: string, body: string): [number, string] {
    if (!this.#keys.has(key)) return [93000, 'invalid webhook url'];
    const read = readText(body);
    if (!Array.isArray(read)) return [read.errcode, read.errmsg];
    const [content, mobiles] = read;
    const at = this.#clock.now();
    const recent = this.messages.filter((one) => one.key === key && one.at > at - 60_000);
    if (recent.length >= 20) return [45009, 'api freq out of limit'];
    this.messages.push({ key, content, mobiles, at });
    return [0, 'ok'];
  }
}

function readText(body: string): [string, string[]] | { errcode: number; errmsg: string } {
  let message: { msgtype?: unknown; text?: { content?: unknown; mentioned_mobile_list?: unknown } };
  try {
    message = JSON.parse(body) as typeof message;
  } catch {
    return { errcode: 40058, errmsg: 'invalid Request Parameter' };
  }
  if (message.msgtype !== 'text') return { errcode: 40008, errmsg: 'invalid message type' };
  const content = message.text?.content;
  if (typeof content !== 'string' || content === '') return { errcode: 44004, errmsg: 'empty content' };
  if (Buffer.byteLength(content) > 2048) {
    return { errcode: 40058, errmsg: 'text.content exceed max length 2048. invalid Request Parameter' };
  }
  const mobiles = message.text?.mentioned_mobile_list ?? [];
  return [content, mobiles as string[]];
}
