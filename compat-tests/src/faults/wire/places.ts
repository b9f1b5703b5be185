import { isObject, type JsonObject, parseJson } from '../../json.ts';
import { type Change, editAt } from './edit.ts';
import {
  type Endpoint,
  type EndpointRequest,
  isEventStream,
  readAnswerJson,
  readBody,
  readRequestJson,
  readText,
  type WireAnswer,
  writePieces,
} from '../../endpoint.ts';
import type { Put } from './fault.ts';

/** One event of a stream: the name of its frame, and its data. */
export interface Frame {
  readonly event: string | undefined;
  readonly data: string;
}

/** An endpoint's path, without the base path. */
export type Route =
  | 'chat/completions'
  | 'completions'
  | 'embeddings'
  | 'moderations'
  | 'models'
  | 'responses'
  | 'files'
  | 'batches';

/** Tells a request to a route, or to anything below it. */
export function isTo({ path }: EndpointRequest, route: Route): boolean {
  return new RegExp(`^(/v1)?/${route}(/|$)`).test(path);
}

/** Puts several things before an endpoint, the first one outermost. */
export function several(...puts: readonly Put[]): Put {
  return (endpoint) => puts.reduceRight((inner, put) => put(inner), endpoint);
}

/** Changes answers; `undefined` leaves one as it is. */
export function onAnswer(change: (answer: WireAnswer, request: EndpointRequest) => WireAnswer | undefined): Put {
  return (endpoint) => async (request) => {
    const answer = await endpoint(request);
    return change(answer, request) ?? answer;
  };
}

/** Answers in the endpoint's stead; `undefined` lets the request through. */
export function insteadOf(
  answer: (
    request: EndpointRequest,
    body: JsonObject,
    endpoint: Endpoint,
  ) => WireAnswer | Promise<WireAnswer> | undefined,
): Put {
  return (endpoint) => async (request) => (await answer(request, readBody(request), endpoint)) ?? endpoint(request);
}

/** Changes a place of the JSON of requests, before the endpoint sees them. */
export function onRequest(route: Route, path: string, change: Change): Put {
  return (endpoint) => (request) => {
    if (request.method !== 'POST' || !isTo(request, route)) return endpoint(request);
    const body = readRequestJson(request);
    const edited = editAt(body, path, change);
    return endpoint(edited === body ? request : { ...request, text: JSON.stringify(edited) });
  };
}

/** Changes a place of the JSON of good answers that are no streams. */
export function onBody(route: Route, path: string, change: Change): Put {
  return onAnswer((answer, request) => {
    if (!isTo(request, route) || answer.status >= 400 || isEventStream(answer)) return undefined;
    return editJson(answer, path, change);
  });
}

/** Changes a place of the JSON of error answers of any route. */
export function onError(path: string, change: Change, when: (answer: WireAnswer) => boolean = () => true): Put {
  return onAnswer((answer) => (answer.status >= 400 && when(answer) ? editJson(answer, path, change) : undefined));
}

/** Writes the whole body of error answers anew; the change gets the `error` object. */
export function onEnvelope(change: (error: JsonObject, status: number) => unknown): Put {
  return onAnswer((answer) => {
    const body = answer.status >= 400 ? readAnswerJson(answer) : undefined;
    if (!isObject(body) || !isObject(body['error'])) return undefined;
    return { ...answer, pieces: writePieces(JSON.stringify(change(body['error'], answer.status))) };
  });
}

function editJson(answer: WireAnswer, path: string, change: Change): WireAnswer | undefined {
  const body = readAnswerJson(answer);
  const edited = editAt(body, path, change);
  return edited === body ? undefined : { ...answer, pieces: writePieces(JSON.stringify(edited)) };
}

/** Changes the events of a route's streams as one list; the same list leaves them. */
export function onFrames(
  route: Route,
  change: (frames: readonly Frame[], request: EndpointRequest) => readonly Frame[],
): Put {
  return onAnswer((answer, request) => {
    if (!isTo(request, route) || !isEventStream(answer)) return undefined;
    const frames = readFrames(readText(answer));
    const changed = change(frames, request);
    return changed === frames
      ? undefined
      : { ...answer, pieces: spread(answer, writePieces(...changed.map(writeFrame))) };
  });
}

/** Changes a place of the JSON of every event of a route's streams. */
export function onEvents(route: Route, path: string, change: Change): Put {
  return onFrames(route, (frames) => {
    const changed = frames.map((frame) => {
      const json = parseJson(frame.data);
      const edited = editAt(json, path, change);
      return edited === json ? frame : { ...frame, data: JSON.stringify(edited) };
    });
    return changed.every((frame, at) => frame === frames[at]) ? frames : changed;
  });
}

/** Changes the JSON events of a route's streams as one list, `[DONE]` left where it is. */
export function onEventList(
  route: Route,
  change: (events: readonly JsonObject[], request: EndpointRequest) => readonly JsonObject[],
): Put {
  return onFrames(route, (frames, request) => {
    const events = frames.map(({ data }) => parseJson(data)).filter(isObject);
    const changed = change(events, request);
    if (changed === events) return frames;
    const named = frames.some(({ event }) => event !== undefined);
    const written = changed.map((event) => ({
      event: named ? String(event['type']) : undefined,
      data: JSON.stringify(event),
    }));
    return [...written, ...frames.filter(({ data }) => data === '[DONE]')];
  });
}

/** Splits a stream of the reference endpoint, which ends every event by two line feeds. */
export function readFrames(text: string): Frame[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const lines = block.split('\n');
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      return { event: field('event'), data: field('data') ?? '' };
    });
}

/** Writes one event. */
function writeFrame({ event, data }: Frame): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`;
}

/** Gives changed pieces the pace of the unchanged ones. */
function spread({ pieces }: WireAnswer, changed: readonly { bytes: Uint8Array; waitMs: number }[]) {
  return changed.map((piece, at) => ({ ...piece, waitMs: pieces[Math.min(at, pieces.length - 1)]?.waitMs ?? 0 }));
}
