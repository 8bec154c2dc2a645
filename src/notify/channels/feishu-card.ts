import { z } from 'zod';
import { defineChannel } from '../define.ts';
import { cardWords, idempotencyKey, newsWords } from '../sessions/card-words.ts';
import {
  changeOf,
  type FeishuDelivery,
  type FeishuIdType,
  FeishuSession,
  feishuCard,
  installation,
  MESSAGES_PATH,
} from '../sessions/feishu-session.ts';

const config = z.strictObject({
  appId: z.string().min(1).max(200).meta({ title: 'App ID', description: 'of a self-built app (cli_…)' }),
  appSecret: z.string().min(8).max(200).meta({ title: 'App secret', secret: true }),
  chat: z.string().max(128).default('').meta({
    title: 'Group',
    description: 'the chat_id (oc_…) to which notices without a person go',
  }),
  idType: z
    .enum(['open_id', 'user_id', 'union_id'])
    .default('open_id')
    .meta({ title: 'Kind of id', description: 'which id of a person stands in the registry' }),
  origin: z
    .url({ protocol: /^https?$/ })
    .default('https://open.feishu.cn')
    .meta({ title: 'Origin', description: 'https://open.larksuite.com for Lark' }),
});

/** The vendor takes 50 characters: the same one within an hour makes one message. */
const UUID_CHARS_MAX = 50;

/** Groups are known by their prefix. */
const idTypeOf = (address: string, idType: FeishuIdType): string =>
  address.startsWith('oc_') ? 'chat_id' : idType;

const EXAMPLE = { appId: 'cli_0123456789abcdef', appSecret: 'secret-of-the-app' };
const ID = 'h501.c2.case-opened.staff:zhang.duty-robot';

export default defineChannel<z.output<typeof config>>({
  channel: 'feishu-card',
  title: { zh: '飞书应用卡片', en: 'Feishu app card' },
  summary: {
    zh: '通过自建应用的机器人向成员或群发送消息卡片：接手、正在赶去、去不了，按下即生效，所有人的卡片随之更新（14 天内）。按键经长连接回传，无需公网地址。向同一人或同一群每秒 5 条。Lark 请改 origin。',
    en: 'Cards by the robot of a self-built app to members and groups: take it, on my way, cannot come. A press counts at once and changes the card for everybody, up to 14 days. Presses come back over a connection that we open, without a public address. The vendor allows 5 messages a second to one receiver. For Lark set `origin`.',
  },
  setUp: [
    {
      zh: '在飞书开放平台创建企业自建应用（商店应用不支持长连接），添加机器人能力，复制 App ID 与 App Secret。',
      en: 'On the open platform create a self-built app (apps of the store have no long connection), add the robot, copy App ID and App Secret.',
    },
    {
      zh: '开通权限 im:message:send_as_bot 与 im:message:update；用 user_id 识别人员时另需 contact:user.employee_id:readonly。',
      en: 'Grant it im:message:send_as_bot and im:message:update; to know people by user_id also contact:user.employee_id:readonly.',
    },
    {
      zh: '先启动本服务，再在“事件与回调 → 回调配置”选择“使用长连接接收回调”，添加“卡片回传交互 card.action.trigger”，发布版本，可用范围包含全部值守人员。',
      en: 'Start this service; then, under events and callbacks, choose to receive callbacks over the long connection, add card.action.trigger, publish a version, and make it available to all who are on duty.',
    },
    {
      zh: '人员登记中该渠道的 address 填 open_id（ou_…，每个应用不同）或按 idType 填；群通知填 chat（oc_…），机器人须在群内。',
      en: "In the registry a person's address of this channel is the open_id (ou_…, another one for each app) or what `idType` says; for notices to a group set `chat` (oc_…), and have the robot in the group.",
    },
    {
      zh: '测试环境请使用另一个应用：同一应用有多个长连接时，每次按键只发给其中随机一个，且不会重发，正式系统会收不到。状态页出现“另一套系统的卡片操作”即表示发生了这种情况。',
      en: 'Give a test installation an app of its own: of several connections of one app a press goes to a random one, once, and the real one never hears of it. "A card of another installation" on the status page says that this happened.',
    },
  ],
  config,
  perMinuteMax: 240,
  deliver(notice, { chat, idType }, context) {
    const address = notice.address || chat;
    const from = installation(context.link);
    const card = feishuCard(cardWords(notice, context), { notice: notice.id, from }, context.locale);
    const delivery: FeishuDelivery = {
      method: 'POST',
      path: `${MESSAGES_PATH}?receive_id_type=${idTypeOf(address, idType)}`,
      addressed: address !== '',
      from,
      body: {
        receive_id: address,
        msg_type: 'interactive',
        content: JSON.stringify(card),
        uuid: idempotencyKey(notice.id).slice(0, UUID_CHARS_MAX),
      },
    };
    return { transport: 'session', body: delivery };
  },
  update(notice, news, _config, context) {
    const from = installation(context.link);
    const card = feishuCard(newsWords(notice, news, context), { notice: notice.id, from }, context.locale);
    return { transport: 'session', body: changeOf(notice.providerId ?? '', card) };
  },
  open: ({ appId, appSecret, idType, origin }, host) =>
    new FeishuSession({ appId, appSecret, idType, origin }, host),
  examples: [
    {
      name: 'a fall, for a person',
      config: EXAMPLE,
      notice: { address: 'ou_1234' },
      expect: {
        delivery: {
          transport: 'session',
          body: {
            method: 'POST',
            path: '/open-apis/im/v1/messages?receive_id_type=open_id',
            addressed: true,
            body: {
              receive_id: 'ou_1234',
              msg_type: 'interactive',
              uuid: idempotencyKey(ID),
              content: JSON.stringify(
                feishuCard(
                  {
                    title: '【P1】3号楼2单元501 王老人：手环报告跌倒',
                    body: '新事项。请在 1 分钟内接手。详情请登录查看。',
                    link: 'https://care.example.org/cases/h501.c2',
                    open: true,
                  },
                  { notice: ID, from: installation('https://care.example.org') },
                  'zh',
                ),
              ),
            },
          },
        },
      },
    },
    {
      name: 'a fall, for the group of an app of Lark',
      config: { ...EXAMPLE, chat: 'oc_duty', idType: 'user_id', origin: 'https://open.larksuite.com' },
      notice: { address: '' },
      expect: {
        delivery: {
          transport: 'session',
          body: {
            path: '/open-apis/im/v1/messages?receive_id_type=chat_id',
            body: { receive_id: 'oc_duty' },
          },
        },
      },
    },
  ],
});
