// gzip with several members, as RFC 1952 allows and `cat a.gz b.gz` makes: the platform's stream reads only one.
import { inflate, type InflateFault } from "./inflate.ts";

/** Attempts that may fail: a body full of bytes that look like members must not cost more. */
const MAX_FAILURES = 8;

/** The bytes of all members, in pieces; a fault when they are not gzip or more than `maxBytes`. */
export async function gunzip(bytes: Uint8Array, maxBytes: number): Promise<readonly Uint8Array[] | InflateFault> {
  const pieces: Uint8Array[] = [];
  let left = maxBytes;
  let failures = 0;
  for (let start = 0; start < bytes.length;) {
    let end = start;
    let member: readonly Uint8Array[] | InflateFault = "unreadable";
    // A member ends where another one begins. Where it only seems to begin, what came before does not decompress.
    while (member === "unreadable") {
      if (end === bytes.length || failures > MAX_FAILURES) return "unreadable";
      end = nextHeader(bytes, end);
      member = await inflate(bytes.subarray(start, end), "gzip", left);
      if (member === "unreadable") failures += 1;
    }
    if (member === "too_large") return member;
    for (const piece of member) left -= piece.length;
    pieces.push(...member);
    start = end;
  }
  return bytes.length === 0 ? "unreadable" : pieces;
}

/** Index of the next three bytes with which a member begins, else the end. */
function nextHeader(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0x1f, from + 1); at >= 0; at = bytes.indexOf(0x1f, at + 1)) {
    if (bytes[at + 1] === 0x8b && bytes[at + 2] === 0x08) return at;
  }
  return bytes.length;
}
