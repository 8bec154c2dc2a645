import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Notice } from '../../model/notice.ts';
import type { PushSubscription, PushSubscriptions } from '../../ports/web-push.ts';
import {
  type Answer,
  type ChannelContext,
  type ChannelSession,
  defineChannel,
  type SessionHost,
} from '../define.ts';
import { AddressRefused, type HttpAnswer, sendHttp } from '../http.ts';
import { cutBytes, gradeOf, oneLine } from '../message-text.ts';

/** An alert that a phone gets later than this is told by others by then. */
const TTL_S = 900;
/** RFC 8030 §5.4: up to 32 characters of base64url. */
const TOPIC_LENGTH = 32;
/** Push services take about 4 kB with all that encryption adds; little is said anyway. */
const TITLE_BYTES_MAX = 300;
const BODY_BYTES_MAX = 1500;

const config = z.strictObject({
  contact: z
    .string()
    .regex(/^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/, 'an address such as mailto:watch@example.org')
    .meta({
      title: 'How a push service reaches you',
      description: 'mailto: or https:; RFC 8292 asks for it',
    }),
  allowPrivate: z
    .boolean()
    .default(false)
    .meta({ title: 'Allow a push service in a private network', description: 'and without TLS' }),
});
type Config = z.output<typeof config>;

/** What the page behind the notification understands: see src/web/public/push-worker.js. */
interface Pushed {
  /** The account of the console. */
  readonly user: string;
  /** A later one about the same case takes its place, on the way and on the screen. */
  readonly topic: string;
  readonly message: Readonly<Record<string, unknown>>;
}

const topicOf = ({ case: id, id: notice }: Notice): string =>
  createHash('sha256')
    .update(id === '' ? notice : id)
    .digest('base64url')
    .slice(0, TOPIC_LENGTH);

/** What is settled needs nobody, and whoever is asked whether they are well takes no case of their own. */
const NOT_TAKEN: ReadonlySet<Notice['content']['event']> = new Set(['case-resolved', 'resident-asked']);

function pushedOf(notice: Notice, { locale }: ChannelContext): Pushed {
  const news = notice.follows?.news.text;
  const { priority, title, body, event } = notice.content;
  return {
    user: notice.address,
    topic: topicOf(notice),
    message: {
      notice: notice.id,
      case: notice.case,
      title: cutBytes(oneLine(`${gradeOf(notice, locale)}${title[locale]}`), TITLE_BYTES_MAX),
      body: cutBytes(oneLine((news ?? body)[locale]), BODY_BYTES_MAX),
      tag: topicOf(notice),
      urgent: priority === 'P1',
      canTake: news === undefined && notice.case !== '' && !NOT_TAKEN.has(event),
      isNews: news !== undefined,
      locale,
    },
  };
}

/** One browser's answer. */
function answerOfPush({ status, body, headers }: HttpAnswer): Answer | 'gone' {
  const detail = `HTTP ${status} ${oneLine(body)}`.trim();
  if (status >= 200 && status < 300) return { kind: 'accepted', detail };
  if (status === 404 || status === 410) return 'gone';
  if (status === 429) {
    const afterMs = Number(headers['retry-after'] ?? 60) * 1000;
    return {
      kind: 'retry',
      failure: 'provider-busy',
      detail,
      afterMs: Number.isFinite(afterMs) ? afterMs : 60_000,
      // Each browser has a push service of its own: what one of them asks for holds nobody else up.
      only: 'address',
    };
  }
  if (status >= 500) return { kind: 'retry', failure: 'provider-error', detail };
  return { kind: 'refused', failure: 'channel-misconfigured', detail };
}

/** Refusals in a row from a push service that has taken something of ours: fewer are about the browsers that they were for. */
const REFUSED_IN_A_ROW = 3;
/** Push services that are remembered to have taken something. Browsers come from a handful. */
const SERVICES_KEPT_MAX = 50;

class PushSession implements ChannelSession {
  readonly #config: Config;
  readonly #host: SessionHost;
  readonly #push: PushSubscriptions;
  readonly #since: number;
  /** How often each push service has refused us since it last took something; those that have taken nothing yet are not in it. */
  readonly #refusals = new Map<string, number>();

  constructor(settings: Config, host: SessionHost) {
    if (!host.push) throw new Error('nobody keeps subscriptions');
    [this.#config, this.#host, this.#push, this.#since] = [settings, host, host.push, host.now()];
  }

  /** To every browser of the account: it has arrived where one of them takes it. */
  async send(body: unknown, signal: AbortSignal): Promise<Answer> {
    const { user, topic, message } = body as Pushed;
    const subscriptions = await this.#push.of(user);
    const answers = await Promise.all(
      subscriptions.map((one) => this.#sendTo(user, one, topic, JSON.stringify(message), signal)),
    );
    const told = answers.filter((answer) => answer !== undefined);
    const accepted = told.find(({ kind }) => kind === 'accepted');
    if (accepted) {
      const taken = told.filter(({ kind }) => kind === 'accepted').length;
      return { ...accepted, detail: `${accepted.detail} (${taken}/${subscriptions.length})` };
    }
    const none = `no browser of ${user} is switched on`;
    return (
      told.find(({ kind }) => kind === 'retry') ??
      told[0] ?? { kind: 'refused', failure: 'recipient-invalid', detail: none }
    );
  }

  state(): ReturnType<ChannelSession['state']> {
    return { connected: true, since: this.#since, detail: 'ready' };
  }

  async close(): Promise<void> {}

  /** Undefined: the browser does not exist any more, and is forgotten. */
  async #sendTo(
    user: string,
    subscription: PushSubscription,
    topic: string,
    payload: string,
    signal: AbortSignal,
  ): Promise<Answer | undefined> {
    try {
      const request = await this.#request(subscription, topic, payload);
      const { allowPrivate } = this.#config;
      const answer = answerOfPush(await sendHttp({ ...request, method: 'POST', allowPrivate, signal }));
      if (answer !== 'gone') return this.#judged(new URL(subscription.endpoint).origin, answer);
    } catch (error) {
      const detail = (error as Error).message;
      if (!(error instanceof AddressRefused) && !(error instanceof BadSubscription))
        return { kind: 'retry', failure: 'provider-unreachable', detail };
      this.#host.warn(
        { channel: this.#host.channel, detail },
        'A subscription leads where nothing is pushed to',
      );
    }
    await this.#push.drop(user, subscription.endpoint, 'gone');
    return undefined;
  }

  /** What is wrong with one browser, of which a service that takes our other pushes wants nothing, says nothing about how we are configured. */
  #judged(service: string, answer: Answer): Answer {
    const before = this.#refusals.get(service);
    if (answer.kind === 'accepted' && (before !== undefined || this.#refusals.size < SERVICES_KEPT_MAX))
      this.#refusals.set(service, 0);
    if (answer.kind !== 'refused' || before === undefined) return answer;
    this.#refusals.set(service, before + 1);
    return before + 1 < REFUSED_IN_A_ROW ? { ...answer, failure: 'recipient-invalid' } : answer;
  }

  /** Encrypted for the browser alone (RFC 8291), signed with our keys (RFC 8292). */
  async #request({ endpoint, keys }: PushSubscription, topic: string, payload: string) {
    const { default: webPush } = await import('web-push');
    try {
      const { method: _, ...details } = webPush.generateRequestDetails({ endpoint, keys }, payload, {
        vapidDetails: { subject: this.#config.contact, ...(await this.#push.keys()) },
        TTL: TTL_S,
        urgency: 'high',
        topic,
        contentEncoding: 'aes128gcm',
      });
      const headers = Object.entries(details.headers).map(([name, value]) => [name, String(value)]);
      return {
        url: details.endpoint,
        headers: Object.fromEntries(headers) as Record<string, string>,
        body: details.body ?? Buffer.of(),
      };
    } catch (error) {
      throw new BadSubscription((error as Error).message);
    }
  }
}

/** Keys that are none: no later try mends them. */
class BadSubscription extends Error {
  override readonly name = 'BadSubscription';
}

export default defineChannel<Config>({
  channel: 'web-push',
  title: { zh: '浏览器推送', en: 'Web Push' },
  summary: {
    zh: '推送到开启了推送的浏览器，锁屏也能看到，可直接接手。人员登记中的 address 为控制台用户名。',
    en: 'To browsers in which somebody switched it on; shown on a locked screen, with a button that takes the case. The address of a person is their account of the console.',
  },
  config,
  perMinuteMax: 120,
  // What stands on the screen gives way to it, by the topic and the tag.
  words: { to: 'address', each: ['case-acknowledged', 'case-resolved'] },
  deliver: (notice, _config, context) => ({ transport: 'session', body: pushedOf(notice, context) }),
  open: (settings, host) => new PushSession(settings, host),
  examples: [
    {
      name: 'what is pushed says little and names the case that it opens',
      config: { contact: 'mailto:watch@example.org' },
      notice: { address: 'zhang' },
      expect: {
        delivery: {
          transport: 'session',
          body: {
            user: 'zhang',
            topic: 'WFGK8JeiNZ_vc-beqPwA1oKUo49gBLgP',
            message: {
              notice: 'h501.c2.case-opened.staff:zhang.duty-robot',
              case: 'h501.c2',
              title: '【P1】3号楼2单元501 王老人：手环报告跌倒',
              body: '新事项。请在 1 分钟内接手。详情请登录查看。',
              tag: 'WFGK8JeiNZ_vc-beqPwA1oKUo49gBLgP',
              urgent: true,
              canTake: true,
              isNews: false,
              locale: 'zh',
            },
          },
        },
      },
    },
  ],
});
