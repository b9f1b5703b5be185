import { encodeBase64 } from '../capture.ts';
import type { Dialect } from '../dialect.ts';
import { refuseRequest } from '../refusal.ts';
import type { Report } from '../report.ts';
import { isObject, type WireObject } from '../wire.ts';
import { findImageHost, type ImageHost } from './image-host.ts';
import type { ImageSettings } from './settings.ts';

const maxRedirects = 3;
/** Different addresses in one request, all fetched at once. */
const maxImages = 20;

/** The kinds OpenAI reads, by their first bytes in hex: what a host calls a file proves nothing. Source: https://platform.openai.com/docs/guides/images-vision, checked 2026-11-23. */
const kinds: ReadonlyArray<readonly [type: string, start: RegExp]> = [
  ['image/png', /^89504e470d0a1a0a/],
  ['image/jpeg', /^ffd8ff/],
  ['image/gif', /^47494638(37|39)61/],
  ['image/webp', /^52494646.{8}57454250/],
];

/** What a request for images needs to know. */
export interface ImageCall {
  readonly dialect: Dialect;
  /** `undefined` where the app allows no fetching. */
  readonly images: ImageSettings | undefined;
  readonly signal: AbortSignal | undefined;
  readonly report: Report;
}

/** Replaces image addresses by data: URLs where the endpoint takes no addresses and the settings allow it. Throws a `Refusal` naming what is wrong, or the abort. */
export async function inlineImages(
  body: WireObject,
  { dialect, images, signal, report }: ImageCall,
  host: ImageHost | undefined = findImageHost(),
): Promise<WireObject> {
  const { imageData } = dialect.chat;
  const { messages } = body;
  if (images === undefined || imageData === undefined || !Array.isArray(messages)) return body;
  const addresses = new Set(messages.flatMap(listParts).flatMap((part) => readAddress(part) ?? []));
  if (addresses.size === 0) return body;
  if (addresses.size > maxImages)
    throw refuseRequest(
      `messages: ${addresses.size} images at addresses; at most ${maxImages} are fetched for a request. Send them as data: URLs.`,
      'messages',
      'invalid_image_url',
    );
  const data = new Map(
    await Promise.all([...addresses].map(async (url) => [url, await fetchImage(url, images, signal, host)] as const)),
  );
  report.add({
    code: 'image-inlined',
    severity: 'info',
    where: 'request.messages[].content[].image_url',
    what: `${data.size === 1 ? 'an image' : `${data.size} images`} fetched and sent as data`,
    why: imageData.because,
    fix: '',
  });
  const inlinePart = (part: unknown): unknown => {
    const url = data.get(readAddress(part) ?? '');
    return url === undefined || !isObject(part) ? part : { ...part, image_url: { ...Object(part['image_url']), url } };
  };
  return {
    ...body,
    messages: messages.map((message: unknown) =>
      isObject(message) && Array.isArray(message['content'])
        ? { ...message, content: message['content'].map(inlinePart) }
        : message,
    ),
  };
}

function listParts(message: unknown): readonly unknown[] {
  return isObject(message) && Array.isArray(message['content']) ? message['content'] : [];
}

/** Gives the address of an image part that is not sent as data. */
function readAddress(part: unknown): string | undefined {
  const image = isObject(part) && part['type'] === 'image_url' ? part['image_url'] : undefined;
  const url = isObject(image) ? image['url'] : undefined;
  return typeof url === 'string' && !/^data:/i.test(url) ? url : undefined;
}

async function fetchImage(
  address: string,
  { hosts, privateHosts = [], maxBytes = 5_000_000, timeoutMs = 10_000 }: ImageSettings,
  aborted: AbortSignal | undefined,
  host: ImageHost | undefined,
): Promise<string> {
  if (host === undefined) throw refuseImage(address, 'this runtime cannot check where an address leads');
  const limit = AbortSignal.timeout(timeoutMs);
  const signal = aborted === undefined ? limit : AbortSignal.any([aborted, limit]);
  let url = address;
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const parsed = parseAddress(url, address);
    const trusted = privateHosts.includes(parsed.host);
    if (!trusted && hosts !== undefined && !hosts.some((pattern) => fitsHost(parsed.hostname, pattern)))
      throw refuseImage(address, `${parsed.hostname} is not among images.hosts`);
    const answer = await host(parsed, { maxBytes, signal, trusted }).catch((error: unknown) => {
      if (aborted?.aborted === true) throw aborted.reason as Error;
      throw refuseImage(address, limit.aborted ? `no answer within ${timeoutMs} ms` : (error as Error).message);
    });
    if (answer.location !== undefined) {
      url = URL.canParse(answer.location, parsed) ? new URL(answer.location, parsed).href : answer.location;
      continue;
    }
    if (answer.status !== 200) throw refuseImage(address, `its host answered ${answer.status}`);
    const head = [...answer.bytes.subarray(0, 12)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const type = kinds.find(([, start]) => start.test(head))?.[0];
    if (type === undefined) throw refuseImage(address, 'it is no PNG, JPEG, GIF or WebP');
    return `data:${type};base64,${encodeBase64(answer.bytes)}`;
  }
  throw refuseImage(address, `it redirects more than ${maxRedirects} times`);
}

function fitsHost(name: string, pattern: string): boolean {
  return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1).toLowerCase()) : name === pattern.toLowerCase();
}

function parseAddress(url: string, given: string): URL {
  if (!URL.canParse(url)) throw refuseImage(given, 'it is not a URL');
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')
    throw refuseImage(given, `${parsed.protocol} is not fetched`);
  if (parsed.username !== '' || parsed.password !== '') throw refuseImage(given, 'it holds a user name or password');
  return parsed;
}

/** The address goes without its query, which may hold a signature. */
function refuseImage(address: string, why: string): Error {
  const bare = address.replace(/[?#][^]*$/, '?…').replace(/\/\/[^/@]*@/, '//…@');
  const shown = bare.length > 200 ? `${bare.slice(0, 200)}…` : bare;
  return refuseRequest(`messages: the image at ${shown} cannot be inlined: ${why}.`, 'messages', 'invalid_image_url');
}
