import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishDefaultModels, readArtifacts } from "../../feeds/default-models.ts";
import { holdsModelIndex } from "../../feeds/local-model-index.ts";
import { withLocalBucket } from "../../recordings/bucket/local-bucket.ts";
import type { ModelBucket } from "../../recordings/bucket/model-bucket.ts";
import { INDEX_KEY } from "../../model-artifacts/model-index.ts";
import { publishArtifacts } from "../../model-artifacts/publish.ts";

const BUNDLED = join(import.meta.dirname, "../../src/model/bundled");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "volgate-models-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function indexText(persistDir: string): Promise<string | undefined> {
  return await withLocalBucket(persistDir, async (bucket) => await (await bucket.get(INDEX_KEY))?.text());
}

describe("publishDefaultModels", () => {
  it("puts the bundled models into the bucket of the first start, where the gateway's binding finds them", async () => {
    const bundled = await readArtifacts(BUNDLED);
    expect(bundled.length).toBeGreaterThan(0);
    expect(await publishDefaultModels(folder, BUNDLED)).toBe(bundled.length);
    expect(holdsModelIndex(folder)).toBe(true);
    expect(await publishDefaultModels(folder, BUNDLED)).toBe(0);
    const index = await indexText(folder);
    for (const { manifest } of bundled) expect(index).toContain(manifest.onnxSha256);
  });

  it("publishes to an empty bucket that wrangler dev made", async () => {
    const used = join(folder, "used");
    await withLocalBucket(used, async (bucket) => void (await bucket.get("anything")));
    expect(await readdir(join(used, "v3"))).toContain("r2");
    expect(await publishDefaultModels(used, BUNDLED)).toBeGreaterThan(0);
    expect(await indexText(used)).toContain("logistic");
  });

  it("completes a publication that was interrupted before its index", async () => {
    const cut = join(folder, "cut");
    const artifacts = await readArtifacts(BUNDLED);
    await withLocalBucket(cut, async (bucket) => {
      const withoutIndex: ModelBucket = {
        get: (key) => bucket.get(key),
        put: async (key, value, options) => {
          if (key === INDEX_KEY) throw new Error("interrupted");
          return await bucket.put(key, value, options);
        },
      };
      await expect(publishArtifacts(withoutIndex, artifacts)).rejects.toThrow("interrupted");
    });
    expect(holdsModelIndex(cut)).toBe(false);
    expect(await publishDefaultModels(cut, BUNDLED)).toBe(artifacts.length);
    expect(await indexText(cut)).toContain(artifacts[0]!.manifest.onnxSha256);
  });

  it("does not change a bucket that has an index, though none of these models is in it", async () => {
    const owned = join(folder, "owned");
    const empty = JSON.stringify({ format: 1, artifacts: [] });
    await withLocalBucket(owned, async (bucket) => void (await bucket.put(INDEX_KEY, empty, {})));
    expect(await publishDefaultModels(owned, BUNDLED)).toBe(0);
    expect(await indexText(owned)).toBe(empty);
  });

  it("publishes nothing from a folder without models", async () => {
    const none = join(folder, "none");
    await mkdir(none);
    expect(await publishDefaultModels(join(folder, "fresh"), none)).toBe(0);
  });
});

describe("holdsModelIndex", () => {
  it("is false for no folder, for a file that is no database, and for another bucket's index", async () => {
    expect(holdsModelIndex(join(folder, "nowhere"))).toBe(false);
    const r2 = join(folder, "strange", "v3", "r2");
    await mkdir(join(r2, "miniflare-R2BucketObject"), { recursive: true });
    await mkdir(join(r2, "volgate", "blobs"), { recursive: true });
    await writeFile(join(r2, "miniflare-R2BucketObject", "a.sqlite"), "no database");
    const database = new DatabaseSync(join(r2, "miniflare-R2BucketObject", "b.sqlite"));
    database.exec(`CREATE TABLE _mf_objects (key TEXT, blob_id TEXT)`);
    database.prepare("INSERT INTO _mf_objects VALUES (?, ?)").run(INDEX_KEY, "blob");
    database.close();
    expect(holdsModelIndex(join(folder, "strange"))).toBe(false);
    await writeFile(join(r2, "volgate", "blobs", "blob"), "{}");
    expect(holdsModelIndex(join(folder, "strange"))).toBe(true);
  });
});
