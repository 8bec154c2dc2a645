import { fail } from '../../lib/result.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';

/**
 * Home Assistant discovery: `homeassistant/<component>/[<node>/]<object>/config`. It says what there is and where it
 * will speak, and is never a reading; `src/devices/announce/` makes proposals of it.
 *
 * @see https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
 */
export default defineEnvelope({
  envelope: 'home-assistant',
  title: { zh: 'Home Assistant 自动发现', en: 'Home Assistant discovery' },
  summary: {
    zh: '设备为 Home Assistant 发布的自我说明：据此可提出登记建议，从不当作读数。',
    en: 'What devices announce for Home Assistant: proposals are made of it, never readings.',
  },
  connect: {
    zh: '无需连接：网桥打开 Home Assistant 集成即会发布。',
    en: 'Nothing to connect: bridges publish it when their Home Assistant integration is on.',
  },
  topics: ['homeassistant/#'],
  fromDevice: true,
  open: ({ topic }: Sealed): Opened =>
    fail({ reason: 'no-device-data', detail: `${topic.slice(0, 120)}: an announcement` }),
  examples: [
    {
      name: 'a sensor is announced',
      topic: 'homeassistant/sensor/kitchen/temperature/config',
      payload: { state_topic: 'zigbee2mqtt/kitchen', device_class: 'temperature' },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
  ],
});
