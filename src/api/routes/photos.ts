import { z } from 'zod';
import { commandSchemas } from '../../model/command.ts';
import { LIMITS } from '../../model/limits.ts';
import { PHOTO_TYPES, type PhotoType } from '../../ports/records.ts';
import {
  caseParams,
  caseReply,
  changeableCase,
  changeCase,
  commandKey,
  hasIt,
  positionBody,
  positionRefusal,
  visibleCase,
} from '../case-commands.ts';
import { notesSight } from '../notes-sight.ts';
import { Refusal, refuse } from '../problem.ts';
import { defineRoutes, route, TAKEN_OVER } from '../route.ts';

/** Base64 is a third longer than what it stands for; the rest of the request is small. */
const BODY_BYTES_MAX = Math.ceil((LIMITS.photoBytesMax * 4) / 3) + 8 * 1024;

export default defineRoutes({
  noun: 'photos',
  summary: 'Pictures that somebody took at the door',
  routes: [
    route({
      method: 'POST',
      path: '/cases/:id/photos',
      needs: 'responder',
      idempotent: true,
      title: 'Add a photo to the time line',
      description:
        'JPEG, PNG or WebP, a million bytes at most. Kept for as long as retention.records.photos says (90 days), and shown only to those who may handle the case.',
      params: caseParams,
      bodyBytesMax: BODY_BYTES_MAX,
      body: z.strictObject({
        ...commandSchemas['case.photo'].omit({ case: true, key: true, photo: true }).shape,
        ...positionBody,
        mediaType: z.enum(PHOTO_TYPES),
        data: z.base64().min(1).meta({ description: 'the file, in base64' }),
      }),
      reply: caseReply,
      handle: async (context) => {
        const { mediaType, data, ...said } = context.body;
        const found = await changeableCase(context, context.params.id);
        if (found instanceof Refusal) return found;
        const nowhere = positionRefusal(said);
        if (nowhere) return nowhere;
        const bytes = Buffer.from(data, 'base64');
        if (bytes.length > LIMITS.photoBytesMax || typeOf(bytes) !== mediaType)
          return refuse('PHOTO_INVALID', { bytes: bytes.length, bytesMax: LIMITS.photoBytesMax });
        const { service, caller } = context;
        // The picture first: a line of the time line never names one that is not there. Named by the request, so that
        // one that is sent again is the same picture.
        const photo = commandKey(context);
        const at = service.clock.now();
        await service.records.savePhoto({ id: photo, case: found.id, at, by: caller.name, mediaType, bytes });
        const answer = await changeCase(context, { type: 'case.photo', case: found.id, photo, ...said });
        if (answer instanceof Refusal) await service.records.removePhoto(photo);
        return answer;
      },
    }),
    route({
      method: 'GET',
      path: '/cases/:id/photos/:photo',
      needs: 'viewer',
      title: 'A photo of a case, as it was sent',
      params: caseParams.extend({ photo: z.string().min(1).max(64) }),
      answers: PHOTO_TYPES,
      handle: async ({ service, visible, caller, params: { id, photo }, reply }) => {
        const found = await visibleCase(service.records, { visible, caller }, id);
        if (found && !hasIt(found, caller) && !notesSight(caller.roles)(found.path))
          return refuse('NOT_ALLOWED', { role: 'responder', node: found.path });
        const stored = found && (await service.records.photo(found.id, photo));
        if (!stored) return refuse('NOT_FOUND');
        await reply
          .type(stored.mediaType)
          .header('cache-control', 'private, no-store')
          .header('content-disposition', 'inline')
          .send(Buffer.from(stored.bytes));
        return TAKEN_OVER;
      },
    }),
  ],
});

/** By its first bytes: what is served as a picture must be one. */
function typeOf(bytes: Buffer): PhotoType | undefined {
  if (bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return 'image/jpeg';
  if (bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])))
    return 'image/png';
  const isWebp = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP';
  return isWebp ? 'image/webp' : undefined;
}
