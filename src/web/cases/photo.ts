/** A photo as it is sent: small enough for a phone with bad signal, large enough to read a meter on it. */
export interface SmallPhoto {
  readonly mediaType: 'image/jpeg';
  /** Base64, without the words in front of it. */
  readonly data: string;
}

const SIDE_PX_MAX = 1600;
/** Each is tried until the picture is small enough. */
const QUALITIES = [0.8, 0.6, 0.4] as const;
const CHARS_MAX = 700_000;

/** Undefined: the browser does not know this for a picture. Where it was taken does not stay in it. */
export async function smallPhoto(file: Blob): Promise<SmallPhoto | undefined> {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, SIDE_PX_MAX / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    for (const quality of QUALITIES) {
      const data = canvas.toDataURL('image/jpeg', quality).split(',')[1] ?? '';
      if (data !== '' && data.length <= CHARS_MAX) return { mediaType: 'image/jpeg', data };
    }
    return undefined;
  } catch {
    return undefined;
  }
}
