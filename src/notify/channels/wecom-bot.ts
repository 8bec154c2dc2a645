import { z } from 'zod';
import { defineChannel } from '../define.ts';
import { EXAMPLE_NOTICE } from '../example.ts';
import { cardWords, newsWords } from '../sessions/card-words.ts';
import {
  markdown,
  type WecomDelivery,
  WecomSession,
  wecomCard,
  wecomTaskId,
} from '../sessions/wecom-session.ts';

const config = z.strictObject({
  botId: z
    .string()
    .min(1)
    .max(200)
    .meta({ title: 'Bot id', description: 'Bot ID, shown where the long connection is switched on' }),
  secret: z.string().min(8).max(200).meta({
    title: 'Secret',
    description: 'of the long connection (not the token of the callback address)',
    secret: true,
  }),
  chat: z.string().max(128).default('').meta({
    title: 'Group',
    description: 'the chatid to which notices without a person go',
  }),
  url: z
    .url({ protocol: /^wss?$/ })
    .default('wss://openws.work.weixin.qq.com')
    .meta({ title: 'Address', description: 'another one for a private deployment of WeCom' }),
});

const EXAMPLE = { botId: 'aib-0123456789', secret: 'secret-of-the-bot' };
const TASK = wecomTaskId('h501.c2.case-opened.staff:zhang.duty-robot');

export default defineChannel<z.output<typeof config>>({
  channel: 'wecom-bot',
  title: { zh: '企业微信智能机器人', en: 'WeCom intelligent bot' },
  summary: {
    zh: '向成员或群发送带按钮的卡片：接手、正在赶去、去不了，按下即生效，卡片随之更新。通过长连接收发，无需公网地址、备案域名和可信 IP。服务商限制每个会话每分钟 30 条、每小时 1000 条。',
    en: 'Cards with buttons to members and groups: take it, on my way, cannot come. A press counts at once and changes the card. Over a connection that we open: no public address, no domain, no trusted IP. The vendor allows 30 messages a minute and 1000 an hour for each conversation.',
  },
  setUp: [
    {
      zh: '在企业微信管理后台“安全与管理 → 管理工具 → 智能机器人”新建机器人，选择 API 模式、长连接，复制 Bot ID 与 Secret。',
      en: 'In the admin console of WeCom (security and management, tools, intelligent bots) create a bot in API mode with a long connection; copy Bot ID and Secret.',
    },
    {
      zh: '把机器人的可见范围设为全部值守人员；每位人员先给机器人发一条消息，值守群先 @ 一次机器人，此后才能主动推送。',
      en: 'Make the bot visible to all who are on duty. Everybody writes to it once, and in the group it is mentioned once: only then may it speak first.',
    },
    {
      zh: '人员登记中该渠道的 address 填成员的 userid（通讯录中的“账号”）；按下按钮的人按此识别。群通知填 chat。',
      en: "In the registry a person's address of this channel is the userid (the account in the directory); by it we know who pressed. For notices to a group set `chat`.",
    },
    {
      zh: '一个机器人同时只允许一个连接：测试环境请另建机器人，否则会互相顶替（状态页显示“被另一连接顶替”）。',
      en: 'A bot has one connection: give a test installation a bot of its own, or the two displace each other (the status page says so).',
    },
    {
      zh: '点击后 5 秒内卡片才能更改；他人的卡片服务商不允许再改，改以一行消息告知谁已接手。',
      en: 'A card can be changed within five seconds after a press. Cards of others cannot be changed: a line tells who has the case.',
    },
  ],
  config,
  perMinuteMax: 25,
  // A card of somebody who did not press it cannot be changed: a line tells, and one is enough.
  updatesNewest: true,
  deliver(notice, { chat }, context) {
    const template_card = wecomCard(notice.id, cardWords(notice, context), context.locale);
    const delivery: WecomDelivery = {
      chat: notice.address || chat,
      taskId: wecomTaskId(notice.id),
      unlessShown: false,
      message: { msgtype: 'template_card', template_card },
    };
    return { transport: 'session', body: delivery };
  },
  update(notice, news, { chat }, context) {
    const { title, body } = newsWords(notice, news, context);
    const delivery: WecomDelivery = {
      chat: notice.address || chat,
      taskId: wecomTaskId(notice.id),
      unlessShown: news.status !== 'resolved',
      message: markdown(`${title}\n${body}`),
    };
    return { transport: 'session', body: delivery };
  },
  open: ({ botId, secret, url }, host) => new WecomSession({ botId, secret, url }, host),
  examples: [
    {
      name: 'a fall, for a person, with three buttons',
      config: EXAMPLE,
      notice: { address: 'ZhangMin' },
      expect: {
        delivery: {
          transport: 'session',
          body: {
            chat: 'ZhangMin',
            taskId: TASK,
            unlessShown: false,
            message: {
              msgtype: 'template_card',
              template_card: {
                card_type: 'button_interaction',
                main_title: { title: '【P1】3号楼2单元501 王老人：手环报告跌倒' },
                sub_title_text: '新事项。请在 1 分钟内接手。详情请登录查看。',
                button_list: [
                  { text: '我来接手', style: 1 },
                  { text: '正在赶去', style: 2 },
                  { text: '我去不了', style: 2 },
                ],
                task_id: TASK,
                card_action: { type: 1, url: 'https://care.example.org/cases/h501.c2' },
              },
            },
          },
        },
      },
    },
    {
      name: 'a place so long that the title has no room for what was found: that stands below',
      config: { ...EXAMPLE, chat: 'wr-duty' },
      notice: {
        address: '',
        content: {
          ...EXAMPLE_NOTICE.content,
          event: 'case-acknowledged',
          title: { zh: '海棠花园北区112号楼3单元1502 王老人：手环报告跌倒', en: 'The band reports a fall' },
        },
      },
      expect: {
        delivery: {
          body: {
            message: {
              template_card: {
                main_title: { title: '【P1】海棠花园北区112号楼3单元1502 王老…' },
                sub_title_text:
                  '新事项。请在 1 分钟内接手。详情请登录查看。\n【P1】海棠花园北区112号楼3单元1502 王老人：手环报告跌倒',
              },
            },
          },
        },
      },
    },
    {
      name: 'what is settled, for the group, without buttons',
      config: { ...EXAMPLE, chat: 'wr-duty' },
      notice: {
        address: '',
        content: {
          event: 'case-acknowledged',
          title: { zh: '3号楼2单元501 王老人：手环报告跌倒', en: 'The band reports a fall' },
          body: { zh: '张敏 已接手', en: 'Zhang has it' },
          priority: 'P1',
        },
      },
      expect: {
        delivery: {
          transport: 'session',
          body: {
            chat: 'wr-duty',
            taskId: TASK,
            unlessShown: false,
            message: {
              msgtype: 'template_card',
              template_card: {
                card_type: 'text_notice',
                main_title: { title: '【P1】3号楼2单元501 王老人：手环报告跌倒' },
                sub_title_text: '张敏 已接手',
                task_id: TASK,
                card_action: { type: 1, url: 'https://care.example.org/cases/h501.c2' },
              },
            },
          },
        },
      },
    },
  ],
});
