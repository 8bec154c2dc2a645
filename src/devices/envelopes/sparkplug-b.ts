import { fail } from '../../lib/result.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { only } from '../envelope-parts.ts';

const NAMESPACE = 'spBv1.0';
const OF_A_NODE = ['NBIRTH', 'NDATA'];
const OF_A_DEVICE = ['DBIRTH', 'DDATA'];

/**
 * Sparkplug B: `spBv1.0/<group>/<verb>/<edge node>[/<device>]`, protobuf in it. Deaths, commands and the state of hosts
 * hold nothing that was measured.
 *
 * @see https://sparkplug.eclipse.org/specification/version/3.0/documents/sparkplug-specification-3.0.0.pdf
 */
export default defineEnvelope({
  envelope: 'sparkplug-b',
  title: { zh: 'Sparkplug B 工业网关', en: 'Sparkplug B' },
  summary: {
    zh: '工业网关与边缘节点的约定：出生报文说明有哪些测点及其别名，之后只报变化。',
    en: 'The convention of industrial gateways: a birth certificate says what there is and under which alias, data messages say what has changed.',
  },
  connect: {
    zh: '边缘节点用登记的网关账号登录；设备的 address 写 topic:spbv1.0/<组>/<节点>/<设备>（节点自身的测点不写设备），gateway 写该网关。缺号或别名未知时，本服务请节点重新出生。',
    en: 'The edge node signs in with the credential of a registered gateway; the address of a device is topic:spbv1.0/<group>/<node>/<device> (without the device for metrics of the node itself), its gateway is that one. Where a number is missing or an alias unknown, the service asks the node to be born again.',
  },
  topics: [`${NAMESPACE}/#`],
  open: openSparkplug,
  examples: [
    {
      name: 'data of a node',
      topic: 'spBv1.0/Sparkplug B Devices/NDATA/Raspberry Pi',
      hex: '08eaf2f5a8a02b121e0a0e537570706c7920566f6c7461676518eaf2f5a8a02b200965cdcc44411802',
      source: 'Sparkplug specification, chapter 6, encoded with the schema of eclipse-tahu/tahu (EPL-2.0)',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        frames: [
          {
            address: 'topic:spbv1.0/sparkplug b devices/raspberry pi',
            payload: '08eaf2f5a8a02b121e0a0e537570706c7920566f6c7461676518eaf2f5a8a02b200965cdcc44411802',
          },
        ],
      },
    },
    {
      name: 'a command to a device is no reading',
      topic: 'spBv1.0/g/DCMD/node/device',
      hex: '08eaf2f5a8a02b',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a node has died',
      topic: 'spBv1.0/g/NDEATH/node',
      hex: '08eaf2f5a8a02b',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
  ],
});

function openSparkplug({ topic, payload }: Sealed): Opened {
  const [, group = '', verb = '', node = '', device = ''] = topic.split('/');
  const ofDevice = OF_A_DEVICE.includes(verb);
  if (!ofDevice && !OF_A_NODE.includes(verb))
    return fail({ reason: 'no-device-data', detail: `${verb.slice(0, 20)}: a death, a command or a host` });
  if (!node || (ofDevice && !device))
    return fail({ reason: 'malformed-payload', detail: 'the topic names no node or no device' });
  const id = [NAMESPACE, group, node, ...(ofDevice ? [device] : [])].join('/').toLowerCase();
  return only({ address: { scheme: 'topic', id }, payload });
}
