// The keys of the newest objects of a symbol's archive, listed day by day as far back as they are asked for.
import { parseArchiveKey, tickFolders } from "../../../features/archive-key.ts";

export class NewestKeys {
  private readonly bucket: R2Bucket;
  private readonly symbol: string;
  private readonly archivedSeq: number | undefined;
  /** Oldest first. */
  private keys: readonly string[] = [];
  /** The folders of each day that was not listed yet, newest day first. */
  private days: string[][] | undefined;

  /** @param archivedSeq the last batch of the symbol's life; `undefined`: the objects of all its lives. */
  constructor(bucket: R2Bucket, symbol: string, archivedSeq: number | undefined) {
    this.bucket = bucket;
    this.symbol = symbol;
    this.archivedSeq = archivedSeq;
  }

  /**
   * Keys of the objects whose ticks lie in the last `windowMs` of the archive, oldest first; the newest `most` of them.
   * Throws what the bucket throws.
   */
  async within(windowMs: number, most: number): Promise<string[]> {
    this.days ??= await newestDays(this.bucket, this.symbol);
    while (this.days.length > 0 && !(this.startsBefore(windowMs) || this.keys.length >= most)) {
      const folders = this.days[0]!;
      const listed = await Promise.all(folders.map((prefix) => listAll(this.bucket, { prefix })));
      const keys = listed.flat().sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
      const { archivedSeq } = this;
      const own = archivedSeq === undefined ? keys : ofOneLife(keys, archivedSeq, this.keys[0]);
      this.keys = [...own, ...this.keys];
      this.days.shift();
    }
    const fromMs = startOf(this.keys.at(-1)) - windowMs;
    const first = this.keys.findLastIndex((key) => startOf(key) <= fromMs);
    return this.keys.slice(Math.max(first, this.keys.length - most, 0));
  }

  private startsBefore(windowMs: number): boolean {
    return startOf(this.keys[0]) <= startOf(this.keys.at(-1)) - windowMs;
  }
}

/** The folders of each day, newest day first: a day may begin in the layout of before. */
async function newestDays(bucket: R2Bucket, symbol: string): Promise<string[][]> {
  const days = new Map<string, string[]>();
  for (const folder of tickFolders(symbol)) {
    for (const prefix of await listAll(bucket, { prefix: folder, delimiter: "/" })) {
      const day = /(\d{4}-\d{2}-\d{2})\/$/.exec(prefix)?.[1];
      if (day !== undefined) days.set(day, [...(days.get(day) ?? []), prefix]);
    }
  }
  return [...days].sort(([a], [b]) => (a < b ? 1 : -1)).map(([, folders]) => folders);
}

/** The part of a key behind its folder. */
function nameOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

/** The keys whose batches lie before those of every later key, from `archivedSeq` or from the key `next` down. */
function ofOneLife(keys: readonly string[], archivedSeq: number, next: string | undefined): string[] {
  let beforeSeq = next === undefined ? archivedSeq + 1 : firstBatchOf(next);
  const own = keys.toReversed().filter((key) => {
    const firstSeq = firstBatchOf(key);
    if (!(firstSeq < beforeSeq)) return false;
    beforeSeq = firstSeq;
    return true;
  });
  return own.toReversed();
}

/** The number of an object's first batch; `NaN` for another name. */
function firstBatchOf(key: string): number {
  return parseArchiveKey(key)?.number ?? NaN;
}

/** Keys, or with a delimiter the folders, in order. */
async function listAll(bucket: R2Bucket, options: R2ListOptions): Promise<string[]> {
  const all: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await bucket.list(cursor === undefined ? options : { ...options, cursor });
    all.push(...(options.delimiter === undefined ? page.objects.map(({ key }) => key) : page.delimitedPrefixes));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return all;
}

/** The minute that an object is named for, ms; `NaN` for another name. */
function startOf(key: string | undefined): number {
  return parseArchiveKey(key ?? "")?.fromMs ?? NaN;
}
