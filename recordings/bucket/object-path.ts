// Names of objects as paths of files, and back. Every object has one path, and every path at most one object.

/** What R2 allows. */
const MOST_KEY_BYTES = 1024;
/** What file systems allow. */
const MOST_SEGMENT_BYTES = 255;
/** Everything else is written as %XX: what a file system or a shell may take amiss. */
const PLAIN = /[A-Za-z0-9!$&'()+,;=@_.~-]/;

/**
 * The path of an object below the bucket's folder, or `undefined` for a name that has none: an empty part, or one that is
 * too long.
 *
 * Example: `objectPath("ticks/BTC-USD/a b") === "ticks/BTC-USD/a%20b"`.
 */
export function objectPath(key: string): string | undefined {
  if (key === "" || Buffer.byteLength(key) > MOST_KEY_BYTES || /\p{Surrogate}/u.test(key)) return undefined;
  const segments = key.split("/").map(encodeSegment);
  return segments.every((segment) => segment !== "" && segment.length <= MOST_SEGMENT_BYTES)
    ? segments.join("/")
    : undefined;
}

/** The name that a file or folder has as a part of a key; `undefined` for one that no key gives. */
export function decodeSegment(name: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(name);
  } catch {
    return undefined;
  }
  return encodeSegment(decoded) === name ? decoded : undefined;
}

/** A leading dot is written as %2E, so that no key names `..` or a hidden file. */
function encodeSegment(segment: string): string {
  return [...segment]
    .map((char, i) => (PLAIN.test(char) && !(i === 0 && char === ".") ? char : encodeChar(char)))
    .join("");
}

function encodeChar(char: string): string {
  return [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}
