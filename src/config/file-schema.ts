import { z } from 'zod';

/** Keys of the configuration that name files. */

export const file = z.string().min(1).max(1000);
export const secretFile = (title: string) =>
  file.optional().meta({ title, description: 'a file that holds nothing else' });
