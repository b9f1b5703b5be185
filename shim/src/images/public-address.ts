import type * as net from 'node:net';

/** Says whether an IP address lies on the public Internet; what is no address does not. */
export type AddressCheck = (address: string) => boolean;

/** Ranges that are not the public Internet: loopback, private, link-local (where clouds keep their metadata), shared, multicast, reserved. Source: https://www.rfc-editor.org/rfc/rfc6890, checked 2026-11-25. */
const closed4: ReadonlyArray<readonly [start: string, bits: number]> = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** What of 2000::/3, the one space of global IPv6 addresses, is not public or carries an IPv4 address: protocol assignments with Teredo, documentation, 6to4. Source: https://www.iana.org/assignments/iana-ipv6-special-registry, checked 2026-11-25. */
const closed6: ReadonlyArray<readonly [start: string, bits: number]> = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

/** An IPv4 address inside an IPv6 one leads there: mapped (::ffff:0:0/96), or made by a NAT64 resolver (64:ff9b::/96). */
const carried = /^(?:::ffff|64:ff9b:):(?:([\da-f]{1,4}):)?([\da-f]{1,4})$/;

/** Makes the check of Node's `node:net`. */
export function createAddressCheck({ BlockList, isIP }: Pick<typeof net, 'BlockList' | 'isIP'>): AddressCheck {
  const [block4, global6, block6] = [new BlockList(), new BlockList(), new BlockList()];
  for (const [start, bits] of closed4) block4.addSubnet(start, bits, 'ipv4');
  global6.addSubnet('2000::', 3, 'ipv6');
  for (const [start, bits] of closed6) block6.addSubnet(start, bits, 'ipv6');
  const isPublic4 = (address: string): boolean => !block4.check(address, 'ipv4');
  return (address) => {
    const kind = isIP(address);
    if (kind === 4) return isPublic4(address);
    // An address with a zone is of one link.
    if (kind !== 6 || address.includes('%')) return false;
    const inner = carried.exec(new URL(`http://[${address}]`).hostname.slice(1, -1));
    if (inner !== null) return isPublic4(writeDotted(inner[1] ?? '0', inner[2] ?? '0'));
    return global6.check(address, 'ipv6') && !block6.check(address, 'ipv6');
  };
}

function writeDotted(...words: readonly string[]): string {
  return words
    .map((word) => Number.parseInt(word, 16))
    .flatMap((word) => [word >> 8, word & 255])
    .join('.');
}
