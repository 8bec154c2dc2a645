import { z } from 'zod';
import { STAFF_ROLES } from '../model/registry.ts';
import { cronSchedule } from './cron-schedule.ts';

/** Parts of config/service.yaml: how the service watches over itself, and proves that its channels reach people. */
export const selfWatch = z
  .strictObject({
    brokerAwayMinutes: z
      .number()
      .int()
      .min(1)
      .max(1440)
      .default(10)
      .meta({ title: 'Time without the outside broker before that is an alert', unit: 'min' }),
    behindSeconds: z
      .number()
      .int()
      .min(10)
      .max(3600)
      .default(60)
      .meta({ title: 'Lateness of the rules before that is an alert', unit: 's' }),
    unattendedMinutes: z.number().int().min(1).max(10_080).default(15).meta({
      title: 'Time for which the service did not run before that is an alert, after its start',
      unit: 'min',
    }),
    channelAwayMinutes: z.number().int().min(1).max(1440).default(10).meta({
      title: 'Time that the connection of a channel may be lost before that is an alert',
      unit: 'min',
    }),
    channelFailingMinutes: z.number().int().min(1).max(1440).default(30).meta({
      title: 'Time of nothing but failures of a provider, in three attempts or more, before that is an alert',
      description:
        'at once where a P1 or P2 has been tried three times in vain; ends with the first that is taken',
      unit: 'min',
    }),
    channelProvenDays: z
      .number()
      .int()
      .min(1)
      .max(366)
      .default(14)
      .meta({ title: 'Time without a notice that a channel took before that is an alert', unit: 'days' }),
  })
  .prefault({})
  .meta({
    title: 'Watch over the service itself',
    description: 'one technical case for the whole service, told to technicians wherever they are',
  });

export const drill = z
  .strictObject({
    schedule: z
      .union([cronSchedule('0 10 * * 3'), z.literal('off')])
      .default('0 10 * * 3')
      .meta({
        title: 'When',
        description: 'cron; in the time zone of the service; off: only when somebody asks for it',
      }),
    channels: z.array(z.string().min(1).max(64)).optional().meta({
      title: 'Channels that take part',
      description: 'absent: all behind which people sit',
    }),
    roles: z
      .array(z.enum(STAFF_ROLES))
      .optional()
      .meta({ title: 'Roles whose members get it', description: 'absent: all' }),
  })
  .prefault({})
  .meta({
    title: 'Drill over the channels',
    description:
      'a notice marked 演练 to everybody who is registered with a channel: what arrives proves the way',
  });
