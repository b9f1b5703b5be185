import { inflateSync } from 'node:zlib';
import { Refusal, refuseAbsence, refuseType } from './refusal.ts';

const colours: ReadonlyArray<readonly [name: string, red: number, green: number, blue: number]> = [
  ['red', 220, 30, 30],
  ['green', 30, 160, 60],
  ['blue', 30, 60, 220],
  ['yellow', 240, 220, 40],
  ['black', 0, 0, 0],
  ['white', 255, 255, 255],
];

/**
 * Names the main colour of an image: a PNG of 8 bits a channel is looked at, another format is called "grey".
 * @throws {Refusal} for what is no image, and for addresses: the reference endpoint has no network.
 */
export function readImageColour(url: unknown, param: string): string {
  if (url === undefined) throw refuseAbsence(param);
  if (typeof url !== 'string') throw refuseType(param, 'a string', url);
  // There is no network: an image at an address is seen by its name, and what is named after no colour is not found.
  const named = /^https?:/.test(url) ? colours.find(([name]) => url.toLowerCase().includes(name)) : undefined;
  if (named !== undefined) return named[0];
  if (/^https?:/.test(url)) throw new Refusal(400, `Error while downloading ${url}.`, null, 'invalid_image_url');
  const [, type = '', base64 = ''] = /^data:(image\/[a-z+]+);base64,([A-Za-z0-9+/=]+)$/.exec(url) ?? [];
  const bytes = Buffer.from(base64, 'base64');
  const isPng = bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'));
  const isImage =
    isPng ||
    bytes.subarray(0, 2).equals(Buffer.from('ffd8', 'hex')) ||
    /^(GIF8|RIFF)/.test(bytes.toString('latin1', 0, 4));
  if (type === '' || !isImage)
    throw new Refusal(
      400,
      "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp'].",
      null,
      'invalid_image_format',
    );
  return isPng ? nameColour(readFirstPixel(bytes)) : 'grey';
}

/** The first pixel of the middle row; `undefined` for palettes, other depths, and what cannot be read. */
function readFirstPixel(png: Buffer): readonly number[] | undefined {
  try {
    const width = png.readUInt32BE(16);
    const height = png.readUInt32BE(20);
    const channels = { 2: 3, 6: 4 }[png[25] ?? 0];
    if (png[24] !== 8 || channels === undefined) return undefined;
    const data: Buffer[] = [];
    for (let at = 8; at + 8 <= png.length; at += 12 + png.readUInt32BE(at)) {
      if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
        data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
    }
    const rows = inflateSync(Buffer.concat(data));
    const middle = rows.subarray(Math.floor(height / 2) * (1 + width * channels));
    // A row that is told by its difference to others is not worth the code: the first one stands for it.
    return [...(middle[0] === 0 ? middle : rows).subarray(1, 4)];
  } catch {
    return undefined;
  }
}

function nameColour(pixel: readonly number[] | undefined): string {
  if (pixel === undefined) return 'grey';
  const [red = 0, green = 0, blue = 0] = pixel;
  const distance = ([, r, g, b]: (typeof colours)[number]) => (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
  return colours.toSorted((a, b) => distance(a) - distance(b))[0]?.[0] ?? 'grey';
}
