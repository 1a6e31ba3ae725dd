// Recordings in a bucket, R2 over the network or the local one of `wrangler dev`, as sources like any file.
import { DEFAULT_PERSIST, openLocalBucket } from "./bucket/local-bucket.ts";
import { r2Credentials } from "./bucket/r2-credentials.ts";
import type { RecordingBucket } from "./bucket/recording-bucket.ts";
import { S3Bucket } from "./bucket/s3-bucket.ts";
import { S3Client, type S3Limits } from "./bucket/s3-client.ts";
import { UserError } from "../command-line/user-error.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";
import { fileKind, isRecordingName } from "./file-kind.ts";
import { PartCache } from "./part-cache.ts";
import type { RecordingSource } from "./recording-source.ts";

export interface OpenBucketRecordings {
  readonly sources: readonly RecordingSource[];
  close(): Promise<void>;
}

/**
 * Recordings of `r2://BUCKET/PREFIX` in the order of their keys. The prefix is an object's key or a folder: `ticks/BTC`
 * does not stand for `ticks/BTC-USD/…`. Read over the S3 API with the credentials of `r2Credentials`, part by part; the
 * objects must stay as they were listed until they are read.
 *
 * @throws UnreadableFileError naming the address: no credentials, no answer, no right to read.
 */
export async function openR2Recordings(
  address: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
  limits: S3Limits = {},
): Promise<OpenBucketRecordings> {
  const [, name, prefix = ""] = /^r2:\/\/([^/]+)(?:\/(.*))?$/s.exec(address) ?? [];
  if (name === undefined) throw new UnreadableFileError(address, "expected r2://BUCKET/PREFIX");
  return await explained(address, async () => {
    const bucket = new S3Bucket(new S3Client(name, r2Credentials(env), limits));
    const sources = await bucketSources(bucket, `r2://${name}/`, prefix);
    // Texts are looked at for their order before they are read; the rows of other forms are read by ranges.
    const cache = new PartCache();
    const isText = ({ path }: RecordingSource): boolean => fileKind(path).form === "text";
    return {
      sources: sources.map((source) => (isText(source) ? cache.of(source) : source)),
      close: () => cache.close(),
    };
  });
}

/**
 * Recordings of `local://PREFIX` in the bucket of `wrangler dev`, in the order of their keys.
 * @throws UnreadableFileError naming the address.
 */
export async function openLocalRecordings(
  address: string,
  persistDir = DEFAULT_PERSIST,
): Promise<OpenBucketRecordings> {
  const prefix = address.slice("local://".length);
  const { recordings, close } = await explained(address, () => openLocalBucket(persistDir));
  try {
    return { sources: await explained(address, () => bucketSources(recordings, "local://", prefix)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function bucketSources(bucket: RecordingBucket, root: string, prefix: string): Promise<RecordingSource[]> {
  const folder = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  const sources: RecordingSource[] = [];
  for await (const object of bucket.list(prefix)) {
    const { key, sizeBytes } = object;
    if (key !== prefix && !(key.startsWith(folder) && isRecordingName(key))) continue;
    const path = root + key;
    const read = (start: number, end: number): Promise<Uint8Array> =>
      explained(path, () => bucket.readRange(object, start, end));
    sources.push({ path, sizeBytes, read });
  }
  return sources;
}

/** Turns errors that the user can correct into ones that name the requested recording. */
async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError || error instanceof RangeError) throw new UnreadableFileError(path, error.message);
    throw error;
  }
}
