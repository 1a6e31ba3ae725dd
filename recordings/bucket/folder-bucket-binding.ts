// The bucket of a self-hosted gateway, as publisher and readers use a bucket.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { BucketError } from "./bucket-error.ts";
import { FolderBucket, type StoredObject } from "./folder-bucket.ts";
import type { ModelBucket } from "./model-bucket.ts";
import type { ListedObject, RecordingBucket } from "./recording-bucket.ts";

/** Folder of the bucket inside that of the state of `npm run volgate -- serve`. */
export const BUCKET_FOLDER = "bucket";

/** Whether a folder of state is one of `serve`, and none of `wrangler dev`. */
export function isServeState(stateDir: string): boolean {
  return existsSync(join(stateDir, BUCKET_FOLDER, "objects"));
}

export function folderModels(bucket: FolderBucket): ModelBucket {
  return {
    get: async (key) => {
      const object = await bucket.head(key);
      if (object === undefined) return null;
      const bytes = await wholeOf(bucket, object);
      return {
        etag: object.etag,
        text: () => Promise.resolve(bytes.toString()),
        arrayBuffer: () => Promise.resolve(new Uint8Array(bytes).buffer),
      };
    },
    put: async (key, value, { onlyIf }) => {
      const bytes = typeof value === "string" ? Buffer.from(value) : new Uint8Array(value);
      if (onlyIf === undefined) return await bucket.put(key, bytes);
      const unless = (present: StoredObject | undefined): boolean =>
        "etagMatches" in onlyIf
          ? present?.etag !== onlyIf.etagMatches
          : present !== undefined && (onlyIf.etagDoesNotMatch === "*" || onlyIf.etagDoesNotMatch === present.etag);
      return (await bucket.put(key, bytes, { unless })) ?? null;
    },
  };
}

/** @param pageObjects how many objects are read at a time. */
export function folderRecordings(bucket: FolderBucket, pageObjects: number): RecordingBucket {
  return {
    list: (prefix) => listAll(bucket, prefix, pageObjects),
    readRange: async (listed, start, end) => {
      if (start === end) return new Uint8Array(0);
      const bytes = await bucket.read(listed.key, start, end - start);
      const now = await bucket.head(listed.key);
      if (bytes !== undefined && now?.etag === listed.etag) return new Uint8Array(bytes);
      throw new BucketError(0, `local://${listed.key}: was replaced or removed while it was read`);
    },
  };
}

async function wholeOf(bucket: FolderBucket, { key, sizeBytes, etag }: StoredObject): Promise<Buffer> {
  const bytes = await bucket.read(key, 0, sizeBytes);
  if (bytes?.length === sizeBytes && (await bucket.head(key))?.etag === etag) return bytes;
  throw new BucketError(0, `local://${key}: was replaced or removed while it was read`);
}

async function* listAll(bucket: FolderBucket, prefix: string, limit: number): AsyncGenerator<ListedObject> {
  let startAfter: string | undefined;
  do {
    const page = await bucket.list({ prefix, limit, startAfter });
    for (const { key, sizeBytes, etag } of page.objects) yield { key, sizeBytes, etag };
    startAfter = page.next;
  } while (startAfter !== undefined);
}
