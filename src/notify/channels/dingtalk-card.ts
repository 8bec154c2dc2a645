import { z } from 'zod';
import { defineChannel } from '../define.ts';
import { cardWords, cutChars, newsWords } from '../sessions/card-words.ts';
import {
  CARDS_PATH,
  cardChange,
  type DingtalkDelivery,
  DingtalkSession,
} from '../sessions/dingtalk-session.ts';

const config = z.strictObject({
  clientId: z
    .string()
    .min(1)
    .max(200)
    .meta({ title: 'Client ID', description: 'of the application (AppKey)' }),
  clientSecret: z
    .string()
    .min(8)
    .max(200)
    .meta({ title: 'Client secret', description: 'of the application (AppSecret)', secret: true }),
  cardTemplateId: z.string().min(1).max(200).meta({
    title: 'Card template',
    description: 'its id, ends in .schema; variables and actions as described above',
  }),
  robotCode: z.string().max(200).default('').meta({
    title: 'Robot code',
    description: 'of the robot of the application; the client id, if absent',
  }),
  conversation: z.string().max(200).default('').meta({
    title: 'Group',
    description: 'the openConversationId (cid…) to which notices without a person go',
  }),
  origin: z
    .url({ protocol: /^https?$/ })
    .default('https://api.dingtalk.com')
    .meta({ title: 'Origin', description: 'another address for a private deployment' }),
});

/** The vendor names no limit of a variable; a phone shows far less. */
const LINE_CHARS_MAX = 500;
const LAST_MESSAGE_CHARS_MAX = 60;

/** A group by its conversation, a person by the userId. */
const isGroup = (address: string): boolean => address.startsWith('cid');

/** Where the card is brought: into a group, or into the conversation of a person with the robot. */
function placeOf(address: string, robotCode: string, title: string): object {
  const lastMessageI18n = { ZH_CN: title, EN_US: title };
  const notification = { alertContent: title, notificationOff: false };
  return isGroup(address)
    ? {
        openSpaceId: `dtv1.card//IM_GROUP.${address}`,
        imGroupOpenSpaceModel: { supportForward: false, lastMessageI18n, notification },
        imGroupOpenDeliverModel: { robotCode },
      }
    : {
        openSpaceId: `dtv1.card//IM_ROBOT.${address}`,
        imRobotOpenSpaceModel: { supportForward: false, lastMessageI18n, notification },
        imRobotOpenDeliverModel: { spaceType: 'IM_ROBOT', robotCode },
      };
}

const EXAMPLE = { clientId: 'ding-app', clientSecret: 'secret-of-the-app', cardTemplateId: 'abc.schema' };
const ID = 'h501.c2.case-opened.staff:zhang.duty-robot';

export default defineChannel<z.output<typeof config>>({
  channel: 'dingtalk-card',
  title: { zh: '钉钉互动卡片', en: 'DingTalk interactive card' },
  summary: {
    zh: '通过应用机器人向成员或群发送互动卡片：接手、正在赶去、去不了，按下即生效，所有人的卡片随之更新。按键经 Stream 长连接回传，无需公网地址。每个接口每秒 20 次。',
    en: 'Interactive cards by the robot of an application to members and groups: take it, on my way, cannot come. A press counts at once and changes the card. Presses come back over Stream, without a public address. The vendor allows 20 calls a second.',
  },
  setUp: [
    {
      zh: '在钉钉开放平台创建企业内部应用，添加机器人，消息接收模式选 Stream，发布；复制 Client ID、Client Secret 与 robotCode。',
      en: 'On the open platform create an internal application with a robot in Stream mode and publish it; copy client id, client secret and robot code.',
    },
    {
      zh: '在权限管理中开通“互动卡片实例写权限”与“企业内机器人发送消息权限”。',
      en: 'Grant it the right to write instances of interactive cards (Card.Instance.Write) and to send messages as a robot.',
    },
    {
      zh: '在卡片平台新建模板，关联该应用，变量（均为文本）：title 标题、body 正文、link 详情地址（可为空）、open 为 "true" 时显示按钮。三个按钮的操作 ID（actionId）分别为 acknowledge（接手）、on-the-way（正在赶去）、cannot-come（去不了），类型“回传请求”。保存并发布，复制模板 ID。',
      en: 'On the card platform create a template for the application with the text variables title, body, link (may be empty) and open (buttons are shown while it is "true"), and three buttons of the kind "callback request" with the action ids acknowledge, on-the-way, cannot-come. Publish it and copy its id.',
    },
    {
      zh: '人员登记中该渠道的 address 填成员 userId；群通知填 conversation（群的 openConversationId，机器人须在群内）。',
      en: "In the registry a person's address of this channel is the userId; for notices to a group set `conversation`, and have the robot in the group.",
    },
    {
      zh: '测试环境请使用另一个应用：同一应用的多个连接会随机分走按键。状态页出现“另一套系统的卡片操作”即表示发生了这种情况。',
      en: 'Give a test installation an application of its own: presses go to any one connection of an application. "A card of another installation" on the status page says that this happened.',
    },
  ],
  config,
  perMinuteMax: 600,
  deliver(notice, { cardTemplateId, robotCode, clientId, conversation }, context) {
    const { title, body, link = '', open, asksResident } = cardWords(notice, context);
    const address = notice.address || conversation;
    const short = cutChars(title, LAST_MESSAGE_CHARS_MAX);
    const delivery: DingtalkDelivery = {
      method: 'POST',
      path: `${CARDS_PATH}/createAndDeliver`,
      outTrackId: notice.id,
      addressed: address !== '',
      body: {
        cardTemplateId,
        outTrackId: notice.id,
        callbackType: 'STREAM',
        userIdType: 1,
        cardData: {
          cardParamMap: {
            title: cutChars(title, LINE_CHARS_MAX),
            body: cutChars(body, LINE_CHARS_MAX),
            link,
            // Its buttons stand in a template for those who may come; a resident answers behind the link.
            open: String(open && !asksResident),
          },
        },
        ...placeOf(address, robotCode || clientId, short),
      },
    };
    return { transport: 'session', body: delivery };
  },
  update(notice, news, _config, context) {
    const { body } = newsWords(notice, news, context);
    const delivery: DingtalkDelivery = {
      method: 'PUT',
      path: CARDS_PATH,
      outTrackId: notice.id,
      addressed: true,
      body: { outTrackId: notice.id, ...cardChange(cutChars(body, LINE_CHARS_MAX), false) },
    };
    return { transport: 'session', body: delivery };
  },
  open: ({ clientId, clientSecret, origin }, host) =>
    new DingtalkSession({ clientId, clientSecret, origin }, host),
  examples: [
    {
      name: 'a fall, for a person',
      config: EXAMPLE,
      notice: { address: 'manager1234' },
      expect: {
        delivery: {
          transport: 'session',
          body: {
            method: 'POST',
            path: '/v1.0/card/instances/createAndDeliver',
            outTrackId: ID,
            addressed: true,
            body: {
              cardTemplateId: 'abc.schema',
              outTrackId: ID,
              callbackType: 'STREAM',
              userIdType: 1,
              cardData: {
                cardParamMap: {
                  title: '【P1】3号楼2单元501 王老人：手环报告跌倒',
                  body: '新事项。请在 1 分钟内接手。详情请登录查看。',
                  link: 'https://care.example.org/cases/h501.c2',
                  open: 'true',
                },
              },
              openSpaceId: 'dtv1.card//IM_ROBOT.manager1234',
              imRobotOpenDeliverModel: { spaceType: 'IM_ROBOT', robotCode: 'ding-app' },
            },
          },
        },
      },
    },
    {
      name: 'a fall, for the group',
      config: { ...EXAMPLE, robotCode: 'ding-robot', conversation: 'cidABC==' },
      notice: { address: '' },
      expect: {
        delivery: {
          transport: 'session',
          body: {
            addressed: true,
            body: {
              openSpaceId: 'dtv1.card//IM_GROUP.cidABC==',
              imGroupOpenSpaceModel: { supportForward: false },
              imGroupOpenDeliverModel: { robotCode: 'ding-robot' },
            },
          },
        },
      },
    },
  ],
});
