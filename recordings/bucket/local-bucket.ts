// The bucket of a gateway on this machine, of `wrangler dev` or of `serve`, from Node.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { accessSync, constants, mkdirSync } from "node:fs";
import { Server } from "node:net";
import { join } from "node:path";
import { BucketError } from "./bucket-error.ts";
import { FolderBucket } from "./folder-bucket.ts";
import { BUCKET_FOLDER, folderModels, folderRecordings, isServeState } from "./folder-bucket-binding.ts";
import type { ModelBucket } from "./model-bucket.ts";
import type { ListedObject, RecordingBucket } from "./recording-bucket.ts";
import { UserError } from "../../command-line/user-error.ts";

/** The bucket of `wrangler.toml` and nothing else: with the gateway's own file, wrangler warns about its objects. */
const BUCKET_ONLY = join(import.meta.dirname, "bucket.wrangler.json");
/** Inside what `--persist-to` names. */
const STATE = "v3";
export const DEFAULT_PERSIST = ".wrangler/state";

/** Node's diagnostics channel for each server that begins to listen. */
const LISTENING = "tracing:net.server.listen:asyncStart";

/** The part of the binding that is used. */
interface R2Binding extends ModelBucket {
  get(
    key: string,
    options?: { readonly range?: { readonly offset: number; readonly length: number } },
  ): Promise<{ readonly etag: string; text(): Promise<string>; arrayBuffer(): Promise<ArrayBuffer> } | null>;
  list(options: { readonly prefix: string; readonly limit: number; readonly cursor?: string }): Promise<{
    readonly objects: readonly { readonly key: string; readonly size: number; readonly etag: string }[];
    readonly truncated: boolean;
    readonly cursor?: string;
  }>;
}

export interface OpenLocalBucket {
  readonly models: ModelBucket;
  readonly recordings: RecordingBucket;
  close(): Promise<void>;
}

/**
 * Makes the folder of `wrangler dev`'s state, where it does not exist yet and is none of `serve`.
 * @throws UserError naming `--persist` when the folder cannot be made or written.
 */
export function makeStateFolder(persistDir: string): void {
  const folder = isServeState(persistDir) ? join(persistDir, BUCKET_FOLDER) : join(persistDir, STATE);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(persistDir, error);
  }
}

/**
 * The binding `BUCKET` as the gateway sees it. With `wrangler dev`'s, until it is closed a SIGINT, SIGTERM or SIGHUP ends the process with
 * 128 and its number, unless something else ends it first, because miniflare handles them.
 *
 * @param persistDir as `wrangler dev --persist-to` takes it; the state of this wrangler lies in its folder `v3`. Or the
 *   folder that `serve --state` has.
 * @param pageObjects how many objects a page of a listing holds, at most 1,000.
 * @throws UserError naming `--persist` for a folder that cannot be used.
 */
export async function openLocalBucket(persistDir: string, pageObjects = 1000): Promise<OpenLocalBucket> {
  makeStateFolder(persistDir);
  if (isServeState(persistDir)) {
    const bucket = await FolderBucket.open(join(persistDir, BUCKET_FOLDER));
    const [models, recordings] = [folderModels(bucket), folderRecordings(bucket, pageObjects)];
    return { models, recordings, close: () => Promise.resolve() };
  }
  // Imported here only: importing wrangler takes a second, which other runs should not spend.
  const { getPlatformProxy } = await import("wrangler");
  const persist = { path: join(persistDir, STATE) };
  const proxy = await withoutLeftServers(() =>
    getPlatformProxy<{ BUCKET: R2Binding }>({ configPath: BUCKET_ONLY, persist }),
  ).catch((error: unknown) => {
    // An error of the file system: a file in place of a folder, no permission, a full disk.
    throw error instanceof Error && "syscall" in error ? unusable(persistDir, error) : error;
  });
  const { BUCKET } = proxy.env;
  return { models: BUCKET, recordings: recordingsOf(BUCKET, pageObjects), close: () => proxy.dispose() };
}

/** Opens the bucket, runs `use` with it, and closes it. */
export async function withLocalBucket<T>(persistDir: string, use: (bucket: ModelBucket) => Promise<T>): Promise<T> {
  const { models, close } = await openLocalBucket(persistDir);
  return await use(models).finally(close);
}

/** When `start` fails, unrefs the servers that it has started and does not stop, so that the process can end. */
async function withoutLeftServers<T>(start: () => Promise<T>): Promise<T> {
  const started: Server[] = [];
  const note = (message: unknown): void => {
    const { server } = message as { readonly server?: unknown };
    if (server instanceof Server) started.push(server);
  };
  subscribe(LISTENING, note);
  try {
    return await start();
  } catch (error) {
    for (const server of started) server.unref();
    throw error;
  } finally {
    unsubscribe(LISTENING, note);
  }
}

function unusable(persistDir: string, error: unknown): UserError {
  const why = error instanceof Error ? error.message : String(error);
  return new UserError(`--persist: got ${persistDir}, expected a folder that can be made and written (${why})`);
}

function recordingsOf(bucket: R2Binding, limit: number): RecordingBucket {
  return { list: (prefix) => listAll(bucket, prefix, limit), readRange: (...range) => readRange(bucket, ...range) };
}

async function* listAll(bucket: R2Binding, prefix: string, limit: number): AsyncGenerator<ListedObject> {
  let cursor: string | undefined;
  do {
    const page = await bucket.list(cursor === undefined ? { prefix, limit } : { prefix, limit, cursor });
    // Each of these three is a call into workerd, of some 3 ms.
    for (const { key, size, etag } of page.objects) yield { key, sizeBytes: size, etag };
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
}

async function readRange(bucket: R2Binding, object: ListedObject, start: number, end: number): Promise<Uint8Array> {
  const { key, etag } = object;
  if (start === end) return new Uint8Array(0);
  const stored = await bucket.get(key, { range: { offset: start, length: end - start } });
  if (stored?.etag !== etag) throw new BucketError(0, `local://${key}: was replaced or removed while it was read`);
  return new Uint8Array(await stored.arrayBuffer());
}
