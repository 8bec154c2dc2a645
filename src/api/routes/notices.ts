import { z } from 'zod';
import { NOTICE_STATES } from '../../model/notice.ts';
import { pageRequest, paging, word } from '../query.ts';
import { pageOf } from '../replies.ts';
import { defineRoutes, route } from '../route.ts';
import { noticeSchema } from '../schemas.ts';

export default defineRoutes({
  noun: 'notices',
  summary: 'Who was told over which channel, and whether it arrived',
  routes: [
    route({
      method: 'GET',
      path: '/notices',
      needs: 'viewer',
      title: 'Notices, the newest first',
      query: z.strictObject({ state: z.enum(NOTICE_STATES).exactOptional(), case: word, ...paging }),
      reply: pageOf(noticeSchema),
      handle: ({ service, visible, query: { limit: _, cursor: __, ...filter }, query }) =>
        service.records.notices({ paths: visible, ...filter }, pageRequest(query)),
    }),
  ],
});
