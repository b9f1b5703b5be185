import { openBody } from './answer/body.ts';
import type { ReadRequest } from './client-request.ts';

/** A request with its form, where it is one. */
export interface FormRequest {
  readonly request: ReadRequest;
  readonly form: FormData | undefined;
}

/**
 * Reads the form of an audio upload, whose model and format the shim must know. Later majors hand over a FormData; openai 4 and the gateway hand over its bytes, which are
 * read whole: the request then holds them. Anything else, and any other upload, stays as it is.
 */
export async function readForm(request: ReadRequest): Promise<FormRequest> {
  const { init, headers, url } = request;
  const { body } = init;
  if (!/\/audio\/(transcriptions|translations)$/.test(new URL(url).pathname)) return { request, form: undefined };
  if (body instanceof FormData) return { request, form: body };
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  if (!/^multipart\/form-data/i.test(type) || body === null || body === undefined) return { request, form: undefined };
  const bytes = await readBytes(body);
  const read = { ...request, init: { ...init, body: bytes } };
  // A copy: what is sent on must not be used up by reading it.
  const form = await new Response(bytes.slice(), { headers: { 'content-type': type } })
    .formData()
    .catch(() => undefined);
  return { request: read, form };
}

async function readBytes(body: unknown): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof body === 'object' && body !== null && Symbol.asyncIterator in body && !(body instanceof ReadableStream)) {
    // The Node stream that openai 4 makes.
    const source = openBody({ body } as unknown as Response);
    const parts: Uint8Array[] = [];
    for (let part = await source.next(); part !== undefined; part = await source.next()) parts.push(part);
    return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
  }
  return new Uint8Array(await new Response(body as BodyInit).arrayBuffer());
}

/** Writes a form as bytes, which every fetch takes, with the content type that names their boundary. */
export async function writeForm(
  form: FormData,
): Promise<{ readonly body: Uint8Array<ArrayBuffer>; readonly type: string }> {
  const written = new Response(form);
  const type = written.headers.get('content-type') ?? 'multipart/form-data';
  return { body: new Uint8Array(await written.arrayBuffer()), type };
}
