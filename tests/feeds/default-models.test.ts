import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getPlatformProxy } from "wrangler";
import { publishDefaultModels, readArtifacts } from "../../feeds/default-models.ts";
import type { ModelBucket } from "../../trainer/publish.ts";

const BUNDLED = join(import.meta.dirname, "../../src/model/bundled");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "volgate-models-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("publishDefaultModels", () => {
  it("puts the bundled models into the bucket of the first start, where the gateway's binding finds them", async () => {
    const bundled = await readArtifacts(BUNDLED);
    expect(bundled.length).toBeGreaterThan(0);
    expect(await publishDefaultModels(folder, BUNDLED)).toBe(bundled.length);
    expect(await publishDefaultModels(folder, BUNDLED)).toBe(0);
    const config = { name: "reader", compatibility_date: "2026-10-01" };
    const r2 = [{ binding: "BUCKET", bucket_name: "volgate" }];
    const configPath = join(folder, "wrangler.json");
    await writeFile(configPath, JSON.stringify({ ...config, r2_buckets: r2 }));
    const proxy = await getPlatformProxy<{ BUCKET: ModelBucket }>({
      configPath,
      persist: { path: join(folder, "v3") },
    });
    try {
      const index = await (await proxy.env.BUCKET.get("models/index.json"))?.text();
      for (const { manifest } of bundled) expect(index).toContain(manifest.onnxSha256);
    } finally {
      await proxy.dispose();
    }
  });

  it("leaves a bucket alone that was there before, and does without models", async () => {
    const used = join(folder, "used");
    await mkdir(join(used, "v3", "r2"), { recursive: true });
    expect(await publishDefaultModels(used, BUNDLED)).toBe(0);
    const none = join(folder, "none");
    await mkdir(none);
    expect(await publishDefaultModels(join(folder, "fresh"), none)).toBe(0);
  });
});
