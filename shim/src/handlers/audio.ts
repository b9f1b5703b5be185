import { dropExtras } from '../answer/envelope.ts';
import { readHiddenError, readUpstreamError } from '../answer/upstream-error.ts';
import { type Call, copyHeaders, readText } from '../call.ts';
import { citeFact } from '../dialect.ts';
import { answerHeaders } from '../headers.ts';
import { writeForm } from '../multipart.ts';
import { refuseAnswer } from '../refusal.ts';
import { jsonResponse } from '../response.ts';
import { isObject, parseJson, type WireObject } from '../wire.ts';
import { passThrough } from './pass-through.ts';

/** Serves `/audio/…`: uploads by the model's name at the endpoint, transcripts in the format that was asked for. */
export async function answerAudio(call: Call): Promise<Response> {
  const { form } = call;
  if (form === undefined) return speak(call);
  const format = String(form.get('response_format') ?? 'json');
  const sent = new FormData();
  for (const [name, value] of form) sent.append(name, value);
  if (call.model !== '') sent.set('model', call.model);
  const rendered = /^(srt|vtt)$/.test(format) && call.dialect.audio.noSubtitles !== undefined;
  if (rendered) sent.set('response_format', 'verbose_json');
  const { body, type } = await writeForm(sent);
  const response = await call.ask(call.path, { body, type });
  const headers = copyHeaders(response);
  if (response.status >= 400) throw readUpstreamError(response.status, await readText(response), headers);
  if (/event-stream/i.test(headers.get('content-type') ?? '')) return response;
  const text = await readText(response);
  const value = parseJson(text);
  const hidden = readHiddenError(value, headers);
  if (hidden !== undefined) throw hidden;
  if (rendered) noteRendered(call, format);
  return format.endsWith('json')
    ? jsonResponse(writeTranscript(call, value, text), headers, call.report)
    : new Response(writeText(value, text, format), {
        headers: answerHeaders(headers, 'text/plain; charset=utf-8'),
      });
}

/** Speech is sound: JSON in its place is an error that some endpoint did not call one. */
async function speak(call: Call): Promise<Response> {
  const response = await passThrough(call);
  const headers = copyHeaders(response);
  if (!call.path.startsWith('/audio/speech') || !/json/i.test(headers.get('content-type') ?? '')) return response;
  const text = await readText(response);
  throw (
    readHiddenError(parseJson(text), headers) ??
    refuseAnswer(`the endpoint answered ${text.slice(0, 120)} instead of sound`, 'invalid_answer')
  );
}

function writeTranscript({ dialect, report }: Call, value: unknown, text: string): WireObject {
  if (isObject(value)) {
    if (typeof value['text'] !== 'string')
      throw refuseAnswer(`the endpoint answered ${text.slice(0, 120)}, which has no text`, 'invalid_answer');
    const extras = dropExtras(value, dialect, report);
    const kept = Object.fromEntries(Object.entries(value).filter(([key]) => !extras.includes(key)));
    return { ...kept, text: value['text'].trim() };
  }
  if (value !== undefined || text.trim().startsWith('<'))
    throw refuseAnswer(`the endpoint answered ${text.slice(0, 120)}, which is no transcript`, 'invalid_answer');
  report.add({
    code: 'transcript-wrapped',
    severity: 'info',
    where: 'response',
    what: 'plain text sent as {"text": …}',
    why: 'the endpoint answers text although JSON was asked for',
    fix: '',
  });
  return { text: text.trim() };
}

function writeText(value: unknown, text: string, format: string): string {
  const segments = isObject(value) && Array.isArray(value['segments']) ? value['segments'].filter(isObject) : undefined;
  if (format === 'srt' || format === 'vtt') {
    if (segments !== undefined) return writeSubtitles(segments, format);
    if (!isObject(value) && (format === 'vtt' ? /^\s*WEBVTT/ : /^\s*\d+\s*\n.*-->/).test(text)) return text;
    throw refuseAnswer(`the endpoint answered ${text.slice(0, 120)}, which is no ${format}`, 'invalid_answer');
  }
  return isObject(value) && typeof value['text'] === 'string' ? `${value['text'].trim()}\n` : text;
}

/** Writes segments as subtitles. Source: https://www.w3.org/TR/webvtt1/, checked 2019-04-04. */
function writeSubtitles(segments: readonly WireObject[], format: 'srt' | 'vtt'): string {
  const cues = segments.map(({ start, end, text }, index) => {
    const times = [start, end].map((seconds) => writeTime(Number(seconds), format === 'srt' ? ',' : '.')).join(' --> ');
    return `${format === 'srt' ? `${index + 1}\n` : ''}${times}\n${String(text ?? '').trim()}\n\n`;
  });
  return `${format === 'vtt' ? 'WEBVTT\n\n' : ''}${cues.join('')}`;
}

function writeTime(seconds: number, point: string): string {
  const ms = Math.round(seconds * 1000);
  const pad = (value: number, width: number): string => String(Math.floor(value)).padStart(width, '0');
  return `${pad(ms / 3_600_000, 2)}:${pad((ms / 60_000) % 60, 2)}:${pad((ms / 1000) % 60, 2)}${point}${pad(ms % 1000, 3)}`;
}

function noteRendered({ dialect, report }: Call, format: string): void {
  const { noSubtitles } = dialect.audio;
  report.add({
    code: 'subtitles-emulated',
    severity: 'info',
    where: 'request.response_format',
    what: `asked as verbose_json, ${format} written of its segments`,
    why: noSubtitles === undefined ? '' : citeFact(noSubtitles),
    fix: '',
  });
}
