import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ModelBucket } from "../../recordings/bucket/model-bucket.ts";
import { INDEX_KEY } from "../../model-artifacts/model-index.ts";
import { publishArtifacts } from "../../model-artifacts/publish.ts";
import { publishLocally } from "../../model-artifacts/publish-locally.ts";
import { UserError } from "../../command-line/user-error.ts";
import { artifact } from "./publish-artifact.ts";

/** A bucket in memory with R2's conditions; `onPut` sees each write before it happens. */
class MemoryBucket implements ModelBucket {
  readonly objects = new Map<string, { etag: string; body: string | ArrayBuffer }>();
  readonly written: string[] = [];
  onPut: (key: string) => void = () => undefined;
  private version = 0;

  get(key: string): ReturnType<ModelBucket["get"]> {
    const object = this.objects.get(key);
    if (object === undefined) return Promise.resolve(null);
    const { etag, body } = object;
    const bytes = typeof body === "string" ? new TextEncoder().encode(body).buffer : body;
    return Promise.resolve({
      etag,
      text: () => Promise.resolve(String(body)),
      arrayBuffer: () => Promise.resolve(bytes),
    });
  }

  put(key: string, body: string | ArrayBuffer, options: Parameters<ModelBucket["put"]>[2]): Promise<unknown> {
    this.onPut(key);
    const etag = this.objects.get(key)?.etag;
    const { onlyIf } = options;
    if (onlyIf !== undefined && "etagMatches" in onlyIf && onlyIf.etagMatches !== etag) return Promise.resolve(null);
    if (onlyIf !== undefined && "etagDoesNotMatch" in onlyIf && etag !== undefined) return Promise.resolve(null);
    this.objects.set(key, { etag: String(++this.version), body });
    this.written.push(key);
    return Promise.resolve({});
  }

  index(): { format: number; artifacts: { sha256: string; createdAt: string }[] } {
    return JSON.parse(String(this.objects.get(INDEX_KEY)?.body)) as ReturnType<MemoryBucket["index"]>;
  }
}

describe("publishing", () => {
  it("writes the model, then its manifest, then the index", async () => {
    const bucket = new MemoryBucket();
    const a = artifact(1);
    const [entry] = await publishArtifacts(bucket, [a]);
    const folder = `models/${a.manifest.onnxSha256}`;
    expect(bucket.written).toEqual([`${folder}/model.onnx`, `${folder}/manifest.json`, INDEX_KEY]);
    expect(new Uint8Array(bucket.objects.get(`${folder}/model.onnx`)!.body as ArrayBuffer)).toEqual(a.onnx);
    expect(bucket.index()).toEqual({ format: 1, artifacts: [entry] });
    expect(entry).toMatchObject({ sha256: a.manifest.onnxSha256, family: "persistence", row: "default-1" });
  });

  it("refuses what no gateway takes, before anything is written", async () => {
    const bucket = new MemoryBucket();
    const { manifest } = artifact(1);
    const wide = { manifest, onnx: new Uint8Array(16 * 2 ** 20 + 1) };
    await expect(publishArtifacts(bucket, [artifact(2), wide])).rejects.toThrow(/model.onnx: got 16777217 bytes/);
    expect(bucket.written).toEqual([]);
  });

  it("changes nothing when repeated, even at another time by another commit under another version", async () => {
    const bucket = new MemoryBucket();
    await publishArtifacts(bucket, [artifact(1)]);
    const before = new Map(bucket.objects);
    const { onnx, manifest } = artifact(1, "2026-01-01T00:00:00.000Z");
    const later = { ...manifest, version: "2", codeCommit: "c0ffee" };
    const [entry] = await publishArtifacts(bucket, [{ onnx, manifest: later }]);
    expect(bucket.objects).toEqual(before);
    expect(entry).toMatchObject({ createdAt: "2025-01-01T00:00:00.000Z", version: "1" });
  });

  it("refuses a file that is there with another decision, and leaves everything as it was", async () => {
    const bucket = new MemoryBucket();
    await publishArtifacts(bucket, [artifact(1)]);
    const before = new Map(bucket.objects);
    const { onnx, manifest } = artifact(1, "2026-01-01T00:00:00.000Z");
    const gate = { verdict: "passed", reasons: [], episodes: 40, gains: {} } as const;
    const publishing = publishArtifacts(bucket, [{ onnx, manifest: { ...manifest, threshold: 0.25, gate } }]);
    await expect(publishing).rejects.toThrow(UserError);
    await expect(publishing).rejects.toThrow(
      `models/${manifest.onnxSha256} is already published with another manifest: ` +
        `gate is null there and {"verdict":"passed","reasons":[],"episodes":40,"gains":{}} here; ` +
        "threshold is 0.5 there and 0.25 here",
    );
    expect(bucket.objects).toEqual(before);
  });

  it("finishes what an interrupted run began, with the stored manifest in the index", async () => {
    const bucket = new MemoryBucket();
    bucket.onPut = (key) => {
      if (key === INDEX_KEY) throw new Error("cut off");
    };
    await expect(publishArtifacts(bucket, [artifact(1)])).rejects.toThrow("cut off");
    bucket.onPut = () => undefined;
    await publishArtifacts(bucket, [artifact(1, "2026-01-01T00:00:00.000Z")]);
    expect(bucket.index().artifacts.map(({ createdAt }) => createdAt)).toEqual(["2025-01-01T00:00:00.000Z"]);
  });

  it("keeps what another publisher added in the meantime", async () => {
    const bucket = new MemoryBucket();
    await publishArtifacts(bucket, [artifact(1)]);
    const other = { ...bucket.index().artifacts[0]!, sha256: "f".repeat(64) };
    let interfered = false;
    bucket.onPut = (key) => {
      if (key !== INDEX_KEY || interfered) return;
      interfered = true;
      const body = JSON.stringify({ format: 1, artifacts: [...bucket.index().artifacts, other] });
      bucket.objects.set(INDEX_KEY, { etag: "theirs", body });
    };
    await publishArtifacts(bucket, [artifact(2)]);
    const expected = [artifact(1).manifest.onnxSha256, other.sha256, artifact(2).manifest.onnxSha256];
    expect(bucket.index().artifacts.map(({ sha256 }) => sha256)).toEqual(expected);
  });

  it("refuses to overwrite an index that it cannot read", async () => {
    const bucket = new MemoryBucket();
    bucket.objects.set(INDEX_KEY, { etag: "1", body: '{"format":2}' });
    await expect(publishArtifacts(bucket, [artifact(1)])).rejects.toThrow(/models\/index.json: got/);
  });

  it("works on the bucket of wrangler dev, twice", async () => {
    const persist = await mkdtemp(join(tmpdir(), "volgate-publish-"));
    try {
      const first = await publishLocally(persist, [artifact(1), artifact(2)]);
      const again = await publishLocally(persist, [artifact(1, "2026-01-01T00:00:00.000Z"), artifact(2)]);
      expect(first.length).toBe(2);
      expect(again).toEqual(first);
    } finally {
      await rm(persist, { recursive: true });
    }
  });
});
