import type { ServiceFindingValues } from './service-finding.ts';
import type { Text } from './text.ts';

/** Whose certificate ends, what becomes impossible then, and who can renew it. */
export function certificateText({ until, shownBy, of }: ServiceFindingValues): Text {
  if (of === 'console')
    return {
      zh: `控制台的证书有效期至 ${until}：到期后浏览器与手机打不开控制台和通知里的链接。请续签并替换 http.tls 的文件，无需重启`,
      en: `The certificate of the console ends at ${until}: from then on browsers and phones open neither it nor the links in notices. Have it renewed, and replace the files of http.tls; no restart is needed`,
    };
  if (shownBy !== undefined)
    return {
      zh: `外部消息服务 ${shownBy} 的证书有效期至 ${until}：到期后本服务与设备都连不上，所有住户无人看护。请其管理者续签`,
      en: `The certificate of the outside broker ${shownBy} ends at ${until}: from then on neither we nor devices get in, and nobody is watched. Have it renewed over there`,
    };
  return {
    zh: `设备看到的证书有效期至 ${until}：到期后设备无法经加密端口接入。请续签并替换 mqtt.tls 的文件，无需重启`,
    en: `The certificate that devices are shown ends at ${until}: from then on none gets in over TLS. Have it renewed, and replace the files of mqtt.tls; no restart is needed`,
  };
}
