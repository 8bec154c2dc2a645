import { z } from 'zod';
import { NOTICE_STATES } from '../../model/notice.ts';
import { isCovered, withService } from '../access.ts';
import { visibleCase } from '../case-commands.ts';
import { notesSight, withoutAddress } from '../notes-sight.ts';
import { refuse } from '../problem.ts';
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
      handle: async ({ service, visible, caller, query: { limit: _, cursor: __, ...filter }, query }) => {
        const { records, registry } = service;
        const page = await records.notices(
          { paths: withService(registry, visible), ...filter },
          pageRequest(query),
        );
        const sees = notesSight(caller.roles);
        const items = page.items.map((notice) => (sees(notice.path) ? notice : withoutAddress(notice)));
        if (page.items.length > 0 || filter.case === undefined) return { ...page, items };
        // Nobody was told of a case that there is not: that reads as if nobody had been told of one that there is.
        const asking = { visible: withService(registry, visible), caller };
        return (await visibleCase(records, asking, filter.case)) ? page : refuse('CASE_NOT_FOUND');
      },
    }),
    route({
      method: 'GET',
      path: '/notices/:id',
      needs: 'viewer',
      title: 'One notice, as far as it has come',
      params: z.object({ id: z.string().min(1).max(400) }),
      reply: noticeSchema,
      handle: async ({ service, visible, caller, params: { id } }) => {
        const notice = await service.records.notice(id);
        if (!notice || !isCovered(visible, notice.path)) return refuse('NOT_FOUND');
        return notesSight(caller.roles)(notice.path) ? notice : withoutAddress(notice);
      },
    }),
    route({
      method: 'POST',
      path: '/notices/:id/seen',
      needs: 'signed-in',
      idempotent: 'by-itself',
      title: 'The caller has opened a notice that was sent to them',
      description: 'Of a push: its address is the account. Told twice, it changes nothing.',
      params: z.object({ id: z.string().min(1).max(400) }),
      handle: async ({ service, caller, params: { id } }) => {
        const notice = await service.records.notice(id);
        // Whoever else opens it proves nothing about the one it was for.
        if (!notice || notice.address !== caller.id) return refuse('NOT_FOUND');
        const { channel } = notice;
        await service.reply({ kind: 'seen', channel, at: service.clock.now(), about: { notice: id } });
        return undefined;
      },
    }),
  ],
});
