// A bucket that is a folder: each object is a file with its own name, which any program may read. Writes are atomic and
// on the disk before they are answered, so that a crash leaves an object whole or absent.
import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, rmdir, link, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { decodeSegment, objectPath } from "./object-path.ts";

export interface StoredObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** MD5 of the bytes, in hexadecimal digits, as R2 gives it. */
  readonly etag: string;
  readonly uploadedMs: number;
  readonly httpFields: Readonly<Record<string, string>>;
  readonly customFields: Readonly<Record<string, string>>;
}

export interface PutOptions {
  readonly httpFields?: Readonly<Record<string, string>>;
  readonly customFields?: Readonly<Record<string, string>>;
  /** Whether to write, given what is there. */
  readonly unless?: (present: StoredObject | undefined) => boolean;
}

export interface ListOptions {
  readonly prefix: string;
  readonly limit: number;
  /** Only keys after this one. */
  readonly startAfter?: string | undefined;
  /** Keys that have it after the prefix are answered once, as what stands up to it. */
  readonly delimiter?: string | undefined;
}

export interface ListPage {
  readonly objects: readonly StoredObject[];
  readonly delimitedPrefixes: readonly string[];
  /** Where the next page starts, `undefined` after the last one. */
  readonly next: string | undefined;
}

/** A key that no file can have, or a file where a folder is needed. */
export class ObjectNameError extends Error {
  override name = "ObjectNameError";
}

/** What is kept beside an object. It counts only for the file that it was written for. */
interface Beside {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly etag: string;
  readonly httpFields: Readonly<Record<string, string>>;
  readonly customFields: Readonly<Record<string, string>>;
}

/** Of files that came without this program. */
const TYPES: Readonly<Record<string, string>> = {
  parquet: "application/vnd.apache.parquet",
  json: "application/json",
  html: "text/html; charset=utf-8",
};

/** Keys are in the order of their UTF-8 bytes, as in R2. Safe for several processes that write different keys. */
export class FolderBucket {
  private readonly objects: string;
  private readonly beside: string;
  private readonly unfinished: string;
  private lastChange: Promise<unknown> = Promise.resolve();

  private constructor(folder: string) {
    this.objects = join(folder, "objects");
    this.beside = join(folder, "beside");
    this.unfinished = join(folder, "unfinished");
  }

  /** Opens the bucket, and makes it if it is not there. */
  static async open(folder: string): Promise<FolderBucket> {
    const bucket = new FolderBucket(folder);
    for (const path of [bucket.objects, bucket.beside, bucket.unfinished]) await mkdir(path, { recursive: true });
    return bucket;
  }

  async head(key: string): Promise<StoredObject | undefined> {
    const path = pathOf(key);
    const file = join(this.objects, path);
    const there = await orAbsent(stat(file));
    if (there === undefined || !there.isFile()) return undefined;
    const { size: sizeBytes, mtimeMs: modifiedMs } = there;
    const known = await this.readBeside(path);
    if (known?.sizeBytes === sizeBytes && known.modifiedMs === modifiedMs) return described(key, known);
    const bytes = await orAbsent(readFile(file));
    if (bytes === undefined) return undefined;
    const contentType = TYPES[key.slice(key.lastIndexOf(".") + 1)];
    const httpFields: Record<string, string> = contentType === undefined ? {} : { contentType };
    const found = { sizeBytes: bytes.length, modifiedMs, etag: md5Of(bytes), httpFields, customFields: {} };
    await this.writeBeside(path, found);
    return described(key, found);
  }

  /** The bytes of an object, or of a part of it. */
  async read(key: string, offset: number, length: number): Promise<Buffer | undefined> {
    const file = await orAbsent(open(join(this.objects, pathOf(key))));
    if (file === undefined) return undefined;
    try {
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await file.read(bytes, 0, length, offset);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  /** Writes an object; `undefined` when `unless` says no. Puts of this process follow one another. */
  async put(key: string, bytes: Uint8Array, options: PutOptions = {}): Promise<StoredObject | undefined> {
    const path = pathOf(key);
    return await this.inTurn(() => this.write(key, path, bytes, options));
  }

  /** Names that are not there are no fault. In turn with puts: a put must not find its folder gone. */
  async delete(keys: readonly string[]): Promise<void> {
    await this.inTurn(() => this.remove(keys.map(pathOf)));
  }

  private async remove(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      await rm(join(this.objects, path), { force: true });
      await rm(join(this.beside, `${path}.json`), { force: true });
      for (const root of [this.objects, this.beside]) await removeEmpty(root, dirname(path));
    }
  }

  async list({ prefix, limit, startAfter, delimiter = "" }: ListOptions): Promise<ListPage> {
    const objects: StoredObject[] = [];
    const delimitedPrefixes: string[] = [];
    let last: string | undefined;
    let skipped: string | undefined;
    for await (const key of this.keys("", prefix, startAfter)) {
      if (skipped !== undefined && key.startsWith(skipped)) {
        last = key;
        continue;
      }
      if (objects.length + delimitedPrefixes.length === limit) return { objects, delimitedPrefixes, next: last };
      const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      if (end >= 0) {
        skipped = key.slice(0, end + delimiter.length);
        delimitedPrefixes.push(skipped);
      } else {
        const object = await this.head(key);
        if (object !== undefined) objects.push(object);
      }
      last = key;
    }
    return { objects, delimitedPrefixes, next: undefined };
  }

  private async inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.lastChange.then(change);
    this.lastChange = done.catch(() => undefined);
    return await done;
  }

  private async write(
    key: string,
    path: string,
    bytes: Uint8Array,
    { httpFields = {}, customFields = {}, unless }: PutOptions,
  ): Promise<StoredObject | undefined> {
    const present = unless === undefined ? undefined : await this.head(key);
    if (unless?.(present) === true) return undefined;
    const file = join(this.objects, path);
    const unfinished = this.unfinishedFile();
    await makeFolder(this.objects, dirname(path));
    try {
      await writeDurably(unfinished, bytes);
      const { mtimeMs: modifiedMs } = await stat(unfinished);
      // A link fails where another process has created the object meanwhile.
      if (unless !== undefined && present === undefined) {
        if (!(await created(unfinished, file))) return undefined;
      } else {
        await rename(unfinished, file);
      }
      await syncFolder(dirname(file));
      const beside = { sizeBytes: bytes.length, modifiedMs, etag: md5Of(bytes), httpFields, customFields };
      await this.writeBeside(path, beside);
      return described(key, beside);
    } catch (error) {
      if (isError(error, "ENOTDIR") || isError(error, "EISDIR") || isError(error, "ENOTEMPTY")) {
        throw new ObjectNameError(`${key}: a folder cannot be an object as well`, { cause: error });
      }
      throw error;
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  /** In order. Folders that hold nothing of what is asked are not read. */
  private async *keys(parent: string, prefix: string, startAfter: string | undefined): AsyncGenerator<string> {
    const folder = parent === "" ? this.objects : join(this.objects, pathOf(parent.slice(0, -1)));
    const entries = ((await orAbsent(readdir(folder, { withFileTypes: true }))) ?? [])
      .flatMap((entry) => {
        const name = decodeSegment(entry.name);
        if (name === undefined || !(entry.isFile() || entry.isDirectory())) return [];
        return [{ isFile: entry.isFile(), key: `${parent}${name}${entry.isFile() ? "" : "/"}` }];
      })
      .sort((a, b) => compareBytes(a.key, b.key));
    for (const { isFile, key } of entries) {
      const isAfter = startAfter === undefined || compareBytes(key, startAfter) > 0;
      if (isFile) {
        if (isAfter && key.startsWith(prefix)) yield key;
      } else if ((isAfter || startAfter.startsWith(key)) && (key.startsWith(prefix) || prefix.startsWith(key))) {
        yield* this.keys(key, prefix, startAfter);
      }
    }
  }

  /**
   * A name that no file has had. One that a killed process left may be the very file of an object, by a second name:
   * to write to it would change that object.
   */
  private unfinishedFile(): string {
    return join(this.unfinished, randomUUID());
  }

  private async readBeside(path: string): Promise<Beside | undefined> {
    const text = await orAbsent(readFile(join(this.beside, `${path}.json`), "utf8"));
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as Beside;
    } catch {
      // Half written when the machine went down: the object itself says the same again.
      return undefined;
    }
  }

  private async writeBeside(path: string, beside: Beside): Promise<void> {
    const unfinished = this.unfinishedFile();
    await makeFolder(this.beside, dirname(path));
    await writeFile(unfinished, JSON.stringify(beside), { flag: "wx" });
    await rename(unfinished, join(this.beside, `${path}.json`));
  }
}

function described(key: string, { modifiedMs, ...rest }: Beside): StoredObject {
  return { key, ...rest, uploadedMs: Math.floor(modifiedMs) };
}

function pathOf(key: string): string {
  const path = objectPath(key);
  if (path === undefined)
    throw new ObjectNameError(`${JSON.stringify(key.slice(0, 100))} cannot be the name of a file`);
  return path;
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function md5Of(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function created(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isError(error, "EEXIST")) return false;
    throw error;
  }
}

/** Makes `path` below `root`; each new folder is on the disk. */
async function makeFolder(root: string, path: string): Promise<void> {
  let made: string | undefined;
  try {
    made = await mkdir(join(root, path), { recursive: true });
  } catch (error) {
    if (!isError(error, "ENOTDIR") && !isError(error, "EEXIST")) throw error;
    throw new ObjectNameError(`${path}: a part of it is an object`, { cause: error });
  }
  if (made === undefined) return;
  for (let folder = join(root, path); folder.length >= root.length; folder = dirname(folder)) await syncFolder(folder);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeEmpty(root: string, path: string): Promise<void> {
  for (let left = path; left !== "."; left = dirname(left)) {
    try {
      await rmdir(join(root, left));
    } catch {
      return;
    }
  }
}

/** What `reading` gives; `undefined` where there is no such file. */
async function orAbsent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isError(error, "ENOENT") || isError(error, "ENOTDIR")) return undefined;
    throw error;
  }
}

function isError(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
