/** Headers that concern one connection only. Source: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1, checked 2022-06-01 */
const hopByHop = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|http2-settings)$/;
/** What a browser, a proxy or a client says of itself and of its way here; the target has no use for it. */
const aboutCaller =
  /^(host|content-length|accept-encoding|origin|referer|sec-.*|forwarded|via|x-forwarded-.*|x-real-ip|cf-connecting-ip|true-client-ip|cookie2?)$/;
/** What an endpoint says to browsers and of its own connection: CORS stays off whatever the endpoint allows. */
const aboutEndpoint =
  /^(access-control-.*|set-cookie2?|server|alt-svc|strict-transport-security|content-encoding|content-length|date|x-powered-by)$/;

/** Lists the headers of a caller's request that may go on to the target; the core takes credentials out itself. */
export function forwardHeaders(headers: ReadonlyMap<string, string>): Array<[string, string]> {
  const named = listNamed(headers.get('connection'));
  return [...headers].filter(([name]) => !hopByHop.test(name) && !aboutCaller.test(name) && !named.includes(name));
}

/** Lists the headers of an answer that may go back to the caller. */
export function answerHeaders(headers: Headers): Headers {
  const out = new Headers();
  headers.forEach((value, name) => {
    if (!hopByHop.test(name) && !aboutEndpoint.test(name)) out.set(name, value);
  });
  out.set('x-content-type-options', 'nosniff');
  return out;
}

/** Lists the headers of an answer that is handed on as it is: all but those of its own connection. */
export function relayHeaders(headers: Headers): Headers {
  const named = listNamed(headers.get('connection'));
  const out = new Headers();
  headers.forEach((value, name) => {
    if (!hopByHop.test(name) && !named.includes(name)) out.append(name, value);
  });
  return out;
}

function listNamed(connection: string | null | undefined): readonly string[] {
  return (connection ?? '').split(',').map((name) => name.trim().toLowerCase());
}

/** Whether a path cannot be decoded, or climbs out of where it points to, however often it is encoded. */
export function isCrooked(path: string): boolean {
  if (/%(?![0-9a-f]{2})/i.test(path)) return true;
  let text = path;
  for (let round = 0; round < 4; round += 1) {
    if (/(^|[/\\])\.{1,2}([/\\;?#]|$)/.test(text) || text.includes('\0')) return true;
    const plain = decodeLoosely(text);
    if (plain === text) return false;
    text = plain;
  }
  return true;
}

function decodeLoosely(text: string): string {
  return text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
