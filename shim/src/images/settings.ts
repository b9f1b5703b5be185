import { checkKeys, needNumber, needObject } from '../config-shape.ts';
import { ShimConfigError } from '../config-error.ts';
import { checkDeadline } from '../route/limits.ts';

/** What the app allows for images that stand at an address: they are fetched here and sent as data. Nothing is fetched unless this is set. */
export interface ImageSettings {
  /** Hosts that images may come from; `*.example.com` stands for every name below it. Every public one when left out. */
  readonly hosts?: readonly string[];
  /** Hosts, with their port where it is not the usual one, that may lead into a private network. */
  readonly privateHosts?: readonly string[];
  /** Bytes of one image; 5,000,000 when left out. */
  readonly maxBytes?: number;
  /** Milliseconds for one image, redirects included; 10,000 when left out. */
  readonly timeoutMs?: number;
}

/** Checks the setting `images`. `from` names it in errors. Throws `ShimConfigError`. */
export function checkImages(value: unknown, from: string): void {
  const settings = needObject(value, from);
  checkKeys(settings, ['hosts', 'privateHosts', 'maxBytes', 'timeoutMs'], from);
  for (const key of ['hosts', 'privateHosts']) {
    const hosts = settings[key];
    if (hosts === undefined) continue;
    if (!Array.isArray(hosts) || !hosts.every((host) => typeof host === 'string' && /^[^/\s]+$/.test(host)))
      throw new ShimConfigError(`${from}.${key} must be a list of hosts, e.g. ["cdn.example.com"]`);
  }
  if (settings['maxBytes'] !== undefined)
    needNumber(settings['maxBytes'], `${from}.maxBytes`, 'a number of bytes from 1 to 50000000', 1, 50_000_000);
  if (settings['timeoutMs'] !== undefined) checkDeadline(settings['timeoutMs'], `${from}.timeoutMs`);
}
