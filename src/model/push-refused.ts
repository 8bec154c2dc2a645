import type { ServiceFindingDefinition } from './service-finding.ts';

/** A platform speaks to us in the name of a gateway that is not there: nothing of it can be taken. */
export const PUSH_REFUSED: ServiceFindingDefinition = {
  priority: 'P2',
  title: { zh: '平台推送的消息被拒收', en: 'What a platform pushes is refused' },
  page: '/devices',
  text: ({ accounts, gateways }) => ({
    zh: `推送账号 ${accounts} 对应的网关（${gateways}）未登记或已停用：该平台推送的一切，包括紧急呼叫，都被拒收。请登记或启用该网关，并查看此期间有无呼叫`,
    en: `The gateway (${gateways}) of the push account ${accounts} is not in the registry, or is switched off: all that the platform pushes is refused, calls for help too. Enrol it or switch it on, and look whether anybody called meanwhile`,
  }),
};
