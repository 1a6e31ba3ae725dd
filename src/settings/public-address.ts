// Whether an address that an operator gives over HTTP may be sent to: not into the network that the gateway is in. What
// a public name resolves to is not known here.

const PRIVATE_V4 = [
  [0x00000000, 8],
  [0x0a000000, 8],
  [0x64400000, 10],
  [0x7f000000, 8],
  [0xa9fe0000, 16],
  [0xac100000, 12],
  [0xc0000000, 24],
  [0xc0a80000, 16],
  [0xc6120000, 15],
  [0xe0000000, 3],
] as const;

/**
 * Last parts of names that no public resolver knows: of one machine or network (`.local` of mDNS, `.home.arpa`,
 * `.internal`, those that routers and companies use), of clusters and containers (`name.namespace.svc`, `.consul`;
 * `.cluster.local` ends with `.local`), and those that are reserved for tests.
 */
const PRIVATE_ENDS = [
  ...["localhost", "local", "localdomain", "internal", "intranet", "private", "lan", "home", "home.arpa", "corp"],
  ...["svc", "pod", "cluster", "docker", "podman", "consul", "test", "invalid", "example"],
];
const PRIVATE_NAME = new RegExp(`(^|\\.)(${PRIVATE_ENDS.join("|").replaceAll(".", "\\.")})\\.?$`);

/**
 * Whether a host is public by its name or number.
 * @param hostname of a `URL`, which writes every form of an IPv4 address as four numbers, and IPv6 in brackets.
 */
export function isPublicHost(hostname: string): boolean {
  if (hostname.startsWith("[")) return isPublicV6(hostname.slice(1, -1));
  if (/^[\d.]+$/.test(hostname)) return isPublicV4(hostname);
  return hostname.includes(".") && !PRIVATE_NAME.test(hostname);
}

function isPublicV4(text: string): boolean {
  const address = text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return !PRIVATE_V4.some(([network, bits]) => Math.floor(address / 2 ** (32 - bits)) === network / 2 ** (32 - bits));
}

/** Of the form that `URL` gives: only global unicast, without the ranges that carry an IPv4 address. */
function isPublicV6(text: string): boolean {
  const [first = "", second = ""] = text.split(":");
  const head = Number.parseInt(first || "0", 16);
  // 2000::/3, but for 2001::/23 (Teredo and others), 2001:db8::/32 (documents) and 2002::/16 (6to4).
  if (head < 0x2000 || head > 0x3fff || head === 0x2002) return false;
  return !(head === 0x2001 && (Number.parseInt(second || "0", 16) < 0x200 || second === "db8"));
}
