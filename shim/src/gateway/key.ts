/** Makes a key for the callers of a gateway: 256 random bits, in the form that apps which look at their key expect. */
export function makeKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return `sk-gateway-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** Reads the key a caller sent: as OpenAI's SDKs do, or as Azure's. */
export function readKey(headers: ReadonlyMap<string, string>): string {
  const bearer = /^bearer +(\S+)$/i.exec(headers.get('authorization')?.trim() ?? '')?.[1];
  return bearer ?? headers.get('api-key') ?? '';
}

/** Compares a caller's key in a time that says nothing of the right one. */
export function isKey(given: string, key: string): boolean {
  let difference = given.length ^ key.length;
  for (let at = 0; at < given.length; at += 1) difference |= given.charCodeAt(at) ^ key.charCodeAt(at % key.length);
  return difference === 0;
}
