// Creates an object of the archive: objects are written once and never changed.
import { withDeadline } from "../../../model/deadline.ts";

/** A put that takes longer counts as failed. If it succeeds later, the next attempt finds its object. */
const PUT_TIMEOUT_MS = 30_000;

const HTTP_METADATA = { contentType: "application/vnd.apache.parquet" };

/**
 * Creates an object, or finds one that holds the same. Returns false when another object has the name.
 * @param isSame whether other bytes hold the same, as those that a version before this one wrote.
 */
export async function createObject(
  bucket: R2Bucket,
  key: string,
  bytes: ArrayBuffer,
  isSame: (bytes: ArrayBuffer) => Promise<boolean>,
): Promise<boolean> {
  const put = bucket.put(key, bytes, {
    onlyIf: { etagDoesNotMatch: "*" },
    httpMetadata: HTTP_METADATA,
  });
  const late = () => new Error(`put ${key}: no answer in ${PUT_TIMEOUT_MS} ms`);
  if ((await withDeadline<R2Object | null>(put, PUT_TIMEOUT_MS, late)) !== null) return true;
  const there = await withDeadline(bucket.head(key), PUT_TIMEOUT_MS, late);
  const md5 = await crypto.subtle.digest("MD5", bytes);
  if (there?.size === bytes.byteLength && sameBytes(there.checksums.md5, md5)) return true;
  const object = await withDeadline(bucket.get(key), PUT_TIMEOUT_MS, late);
  return object !== null && (await isSame(await withDeadline(object.arrayBuffer(), PUT_TIMEOUT_MS, late)));
}

/** Writes an object whatever is there. */
export async function replaceObject(bucket: R2Bucket, key: string, bytes: ArrayBuffer): Promise<void> {
  const late = () => new Error(`put ${key}: no answer in ${PUT_TIMEOUT_MS} ms`);
  await withDeadline(bucket.put(key, bytes, { httpMetadata: HTTP_METADATA }), PUT_TIMEOUT_MS, late);
}

export function sameBytes(a: ArrayBuffer | undefined, b: ArrayBuffer): boolean {
  if (a?.byteLength !== b.byteLength) return false;
  const [left, right] = [new Uint8Array(a), new Uint8Array(b)];
  return left.every((byte, i) => byte === right[i]);
}
