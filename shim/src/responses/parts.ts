import { refuseRequest } from '../refusal.ts';
import type { Report } from '../report.ts';
import { isAbsent, isObject, type WireObject } from '../wire.ts';

/** Writes the parts of a user's or system's message as chat has them: one text where all of them are text. Throws a `Refusal`. */
export function mapParts(content: unknown, place: string, report: Report): string | readonly WireObject[] {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) throw refuseRequest(`${place} must be a text or a list of parts`, place, 'invalid_type');
  const parts = content.map((part, index) => mapPart(part, `${place}[${index}]`, report));
  return parts.every((part) => part['type'] === 'text') && parts.length === 1 ? String(parts[0]?.['text']) : parts;
}

/** Reads the text of an assistant's message; a refusal is what it said. Throws a `Refusal` for other parts. */
export function textOfParts(content: unknown, place: string): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) throw refuseRequest(`${place} must be a text or a list of parts`, place, 'invalid_type');
  return content
    .map((part, index) => {
      const text = isObject(part) ? (part['text'] ?? part['refusal']) : undefined;
      if (typeof text === 'string') return text;
      throw refuseRequest(`${place}[${index}] has no text`, `${place}[${index}]`, 'invalid_value');
    })
    .join('');
}

function mapPart(part: unknown, place: string, report: Report): WireObject {
  if (!isObject(part)) throw refuseRequest(`${place} must be an object`, place, 'invalid_type');
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
      if (typeof part['text'] !== 'string') throw refuseRequest(`${place}.text must be a text`, place, 'invalid_type');
      return { type: 'text', text: part['text'] };
    case 'refusal':
      return { type: 'text', text: String(part['refusal'] ?? '') };
    case 'input_image': {
      if (typeof part['image_url'] !== 'string') throw refuseFileId(place, 'image_url');
      const detail = isAbsent(part['detail']) ? {} : { detail: part['detail'] };
      return { type: 'image_url', image_url: { url: part['image_url'], ...detail } };
    }
    case 'input_audio':
      return { type: 'input_audio', input_audio: part['input_audio'] };
    case 'input_file':
      return mapFile(part, place, report);
    default:
      throw refuseRequest(
        `${place} has type ${JSON.stringify(part['type'])}; it must be input_text, input_image, input_file or input_audio`,
        `${place}.type`,
        'invalid_value',
      );
  }
}

/** A file that is text goes along as text; a chat endpoint cannot read others. */
function mapFile(part: WireObject, place: string, report: Report): WireObject {
  if (typeof part['file_data'] !== 'string') throw refuseFileId(place, 'file_data');
  const match = /^data:([^;,]+)[^,]*;base64,(.*)$/s.exec(part['file_data']);
  const type = match?.[1] ?? '';
  if (match === null || !/^text\/|^application\/(json|xml|yaml|x-yaml|javascript|x-ndjson|toml)$/.test(type))
    throw refuseRequest(
      `${place} is a file of type ${type === '' ? 'unknown' : type}: a chat endpoint reads text only. Extract its text and send it as input_text`,
      place,
      'unsupported_file',
    );
  let text: string;
  try {
    const bytes = Uint8Array.from(atob(match[2] ?? ''), (char) => char.charCodeAt(0));
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuseRequest(`${place}.file_data is not base64 of UTF-8 text`, place, 'invalid_value');
  }
  const name = typeof part['filename'] === 'string' ? part['filename'] : 'file';
  report.add({
    code: 'file-inlined',
    severity: 'info',
    where: `request.${place}`,
    what: `${name} sent as text`,
    why: 'chat endpoints take no files',
    fix: '',
  });
  return { type: 'text', text: `${name}:\n${text}` };
}

function refuseFileId(place: string, instead: string) {
  return refuseRequest(
    `${place} names a file or an address that only OpenAI can open; send its content in ${instead}`,
    place,
    'unsupported_parameter',
  );
}
