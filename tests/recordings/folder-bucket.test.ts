// A bucket that is a folder.
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FolderBucket, ObjectNameError } from "../../recordings/bucket/folder-bucket.ts";
import { openLocalBucket } from "../../recordings/bucket/local-bucket.ts";
import type { ListedObject } from "../../recordings/bucket/recording-bucket.ts";
import { decodeSegment, objectPath } from "../../recordings/bucket/object-path.ts";

let folder: string;
let bucket: FolderBucket;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "volgate-folder-bucket-"));
  bucket = await FolderBucket.open(join(folder, "bucket"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (key: string): string => join(folder, "bucket", "objects", key);
const bytesOf = (text: string): Uint8Array => Buffer.from(text);

describe("the path of an object", () => {
  it("is its name where that can be one, and else what decodes to it alone", () => {
    expect(objectPath("ticks/symbol=BTC-USD@kraken/0900-1.parquet")).toBe("ticks/symbol=BTC-USD@kraken/0900-1.parquet");
    expect(objectPath("../a b")).toBe("%2E./a%20b");
    for (const key of ["", "/a", "a//b", "a/", "é".repeat(600), "\ud800"]) expect(objectPath(key)).toBeUndefined();
    expect(decodeSegment("%2E.")).toBe("..");
    for (const name of ["a b", ".hidden", "%41", "%", "%zz"]) expect(decodeSegment(name)).toBeUndefined();
  });

  it("never leaves the folder, whatever the name", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", ".", "/", "%", " ", "é", "😀", "\0"), minLength: 1, maxLength: 12 }),
        (key) => {
          const path = objectPath(key);
          if (path === undefined) return true;
          const parts = path.split("/");
          return (
            !parts.some((part) => part === "" || part.startsWith(".")) && parts.map(decodeSegment).join("/") === key
          );
        },
      ),
    );
  });
});

describe("a bucket that is a folder", () => {
  it("keeps an object as a file of its name, with its tag, type and fields", async () => {
    const fields = { httpFields: { contentType: "text/html" }, customFields: { from: "here" } };
    await bucket.put("reports/2026-11-30/report.html", bytesOf("hello"), fields);
    expect(readFileSync(file("reports/2026-11-30/report.html"), "utf8")).toBe("hello");
    const head = await bucket.head("reports/2026-11-30/report.html");
    expect(head).toMatchObject({ sizeBytes: 5, etag: "5d41402abc4b2a76b9719d911017c592", ...fields });
    expect((await bucket.read("reports/2026-11-30/report.html", 1, 3))?.toString()).toBe("ell");
    expect(await bucket.head("reports/2026-11-30")).toBeUndefined();
    expect(await bucket.head("reports/2026-11-30/report.html/x")).toBeUndefined();
    expect(readdirSync(join(folder, "bucket", "unfinished"))).toEqual([]);
  });

  it("creates an object once, whoever is first", async () => {
    const unless = (present: unknown): boolean => present !== undefined;
    const puts = await Promise.all(["a", "b", "c"].map((text) => bucket.put("k", bytesOf(text), { unless })));
    expect(puts.map((put) => put?.sizeBytes)).toEqual([1, undefined, undefined]);
    expect(readFileSync(file("k"), "utf8")).toBe("a");
    // Another process creates it between look and write.
    const raced = await bucket.put("raced", bytesOf("late"), {
      unless: () => {
        writeFileSync(file("raced"), "first");
        return false;
      },
    });
    expect(raced).toBeUndefined();
    expect(readFileSync(file("raced"), "utf8")).toBe("first");
  });

  it("changes no object when a killed process left the file that it had linked", async () => {
    await bucket.put("kept", bytesOf("archived"), { unless: (present) => present !== undefined });
    // The kill came between the link and the removal. In a container the next process has the same id.
    linkSync(file("kept"), join(folder, "bucket", "unfinished", `${process.pid}-0`));
    const next = await FolderBucket.open(join(folder, "bucket"));
    await next.put("other", bytesOf("something else"));
    expect(readFileSync(file("kept"), "utf8")).toBe("archived");
  });

  it("writes and removes in one folder at the same time", async () => {
    for (let i = 0; i < 40; i += 1) {
      await bucket.put("a/b/c", bytesOf("1"));
      await Promise.all([bucket.delete(["a/b/c"]), bucket.put("a/b/d", bytesOf("2"))]);
      await bucket.delete(["a/b/d"]);
    }
    expect(readdirSync(file(""))).toEqual([]);
  });

  it("takes files that came without it, with the tag of what they hold now", async () => {
    mkdirSync(file("models"));
    writeFileSync(file("models/a.json"), "{}");
    const [first] = (await bucket.list({ prefix: "", limit: 10 })).objects;
    expect(first).toMatchObject({ key: "models/a.json", httpFields: { contentType: "application/json" } });
    writeFileSync(file("models/a.json"), "[]");
    utimesSync(file("models/a.json"), 1, 1);
    expect((await bucket.head("models/a.json"))?.etag).not.toBe(first?.etag);
    expect((await bucket.head("models/a.json"))?.uploadedMs).toBe(1000);
  });

  it("knows an object again after what stands beside it was damaged", async () => {
    await bucket.put("a.parquet", bytesOf("x"), { httpFields: { contentType: "application/vnd.apache.parquet" } });
    const before = await bucket.head("a.parquet");
    writeFileSync(join(folder, "bucket", "beside", "a.parquet.json"), '{"sizeBy');
    expect(await bucket.head("a.parquet")).toEqual(before);
  });

  it("removes objects and the folders that they leave empty", async () => {
    await bucket.put("a/b/c", bytesOf("1"));
    await bucket.put("a/d", bytesOf("2"));
    await bucket.delete(["a/b/c", "not/there"]);
    expect(readdirSync(file("a"))).toEqual(["d"]);
    await bucket.delete(["a/d"]);
    expect([readdirSync(file("")), readdirSync(join(folder, "bucket", "beside"))]).toEqual([[], []]);
  });

  it("says which names it cannot have", async () => {
    await bucket.put("a", bytesOf("1"));
    await expect(bucket.put("a/b", bytesOf("2"))).rejects.toThrow(ObjectNameError);
    await expect(bucket.put("a//b", bytesOf("2"))).rejects.toThrow("cannot be the name of a file");
    await bucket.put("c/d", bytesOf("1"));
    await expect(bucket.put("c", bytesOf("2"))).rejects.toThrow("c: a folder cannot be an object as well");
    expect(readdirSync(join(folder, "bucket", "unfinished"))).toEqual([]);
  });

  it("lists as a sorted list of names would, page by page, with and without a delimiter", async () => {
    const keys = ["a", "a-b", "a/1", "b/x/1", "b/x/2", "b/y", "b0", "é/1", "é0"].filter((key) => key !== "a");
    for (const key of keys) await bucket.put(key, bytesOf(key));
    for (const prefix of ["", "a", "b/", "b/x", "é", "none"]) {
      for (const limit of [1, 2, 100]) {
        expect(await allPages(prefix, limit)).toEqual(keys.filter((key) => key.startsWith(prefix)));
      }
    }
    expect(await allPages("", 2, "/")).toEqual(["a-b", "a/", "b/", "b0", "é/", "é0"]);
    expect(await allPages("b/", 1, "/")).toEqual(["b/x/", "b/y"]);
  });
});

/** Keys and delimited prefixes of all pages. */
async function allPages(prefix: string, limit: number, delimiter?: string): Promise<string[]> {
  const all: string[] = [];
  let startAfter: string | undefined;
  do {
    const page = await bucket.list({ prefix, limit, startAfter, delimiter });
    expect(page.objects.length + page.delimitedPrefixes.length).toBeLessThanOrEqual(limit);
    all.push(...page.objects.map(({ key }) => key), ...page.delimitedPrefixes);
    startAfter = page.next;
  } while (startAfter !== undefined);
  return all.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

describe("the bucket of a self-hosted gateway", () => {
  it("is what --persist and local:// reach, with its conditions", async () => {
    const { models, recordings, close } = await openLocalBucket(folder, 2);
    expect(await models.put("models/index.json", "[]", { onlyIf: { etagDoesNotMatch: "*" } })).not.toBeNull();
    expect(await models.put("models/index.json", "[1]", { onlyIf: { etagDoesNotMatch: "*" } })).toBeNull();
    const stored = (await models.get("models/index.json"))!;
    expect(await stored.text()).toBe("[]");
    expect(await models.put("models/index.json", "[2]", { onlyIf: { etagMatches: "other" } })).toBeNull();
    expect(await models.put("models/index.json", "[2]", { onlyIf: { etagMatches: stored.etag } })).not.toBeNull();
    expect(await models.get("models/none")).toBeNull();
    for (const key of ["t/1", "t/2", "t/3"]) await models.put(key, key, {});
    const listed: ListedObject[] = [];
    for await (const object of recordings.list("t/")) listed.push(object);
    expect(listed.map(({ key }) => key)).toEqual(["t/1", "t/2", "t/3"]);
    expect(Buffer.from(await recordings.readRange(listed[1]!, 1, 3)).toString()).toBe("/2");
    await models.put("t/2", "changed", {});
    await expect(recordings.readRange(listed[1]!, 1, 3)).rejects.toThrow("was replaced or removed");
    await close();
  });
});
