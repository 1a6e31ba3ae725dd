import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { INDEX_KEY } from "../../model-artifacts/model-index.ts";
import { publishArtifacts } from "../../model-artifacts/publish.ts";
import { publishTarget } from "../../trainer/publish/publish-target.ts";
import { r2Credentials } from "../../recordings/bucket/r2-credentials.ts";
import { S3Bucket } from "../../recordings/bucket/s3-bucket.ts";
import { S3Client } from "../../recordings/bucket/s3-client.ts";
import { RecordedClock } from "../requests/recorded-clock.ts";
import { artifact } from "./publish-artifact.ts";
import { type Fault, S3Server } from "./publish-s3-server.ts";

const FAST = { clock: new RecordedClock(), onWait: () => undefined, attemptMs: 300 };
const server = new S3Server();

beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(() => server.reset());

function bucket(attempts = 6): S3Bucket {
  return new S3Bucket(new S3Client("bucket", r2Credentials(server.env), { ...FAST, attempts }));
}

function writes(): string[] {
  return server.log.filter((line) => line.startsWith("PUT"));
}

describe("publishing over the S3 API", () => {
  it("writes the model, its manifest and then the index, each signed", async () => {
    const a = artifact(1);
    const target = publishTarget({ to: "r2://bucket", persist: "unused" }, server.env, FAST);
    const entries = await target.publish([a]);
    const folder = `models/${a.manifest.onnxSha256}`;
    expect(target.name).toBe("r2://bucket");
    expect(writes()).toEqual([
      `PUT ${folder}/model.onnx 200`,
      `PUT ${folder}/manifest.json 200`,
      `PUT ${INDEX_KEY} 200`,
    ]);
    expect(new Uint8Array(server.objects.get(`${folder}/model.onnx`)!.body)).toEqual(a.onnx);
    expect(JSON.parse(server.objects.get(INDEX_KEY)!.body.toString())).toEqual({ format: 1, artifacts: entries });
  });

  it("changes nothing when repeated: what is there stays, and the index follows it", async () => {
    await publishArtifacts(bucket(), [artifact(1)]);
    const before = new Map(server.objects);
    const [entry] = await publishArtifacts(bucket(), [artifact(1, "2026-01-01T00:00:00.000Z")]);
    expect(server.objects).toEqual(before);
    expect(entry?.createdAt).toBe("2025-01-01T00:00:00.000Z");
  });

  it("keeps every entry when several publish at once", async () => {
    const publish = (content: number): Promise<unknown> => publishArtifacts(bucket(), [artifact(content)]);
    await Promise.all([1, 2, 3].map(publish));
    const { artifacts } = JSON.parse(server.objects.get(INDEX_KEY)!.body.toString()) as { artifacts: unknown[] };
    expect(artifacts.length).toBe(3);
  });

  it.each<[string, Fault]>([
    ["a server that is overloaded", "503"],
    ["an answer that never comes", "stall"],
    ["an answer that breaks off", "cut"],
    ["a write whose answer got lost", "applied-then-cut"],
  ])("gets through %s", async (_, fault) => {
    // Every other request fails.
    server.faults = Array.from({ length: 8 }, (__, i) => (i % 2 === 0 ? fault : undefined));
    const [entry] = await publishArtifacts(bucket(), [artifact(1)]);
    expect(JSON.parse(server.objects.get(INDEX_KEY)!.body.toString())).toEqual({ format: 1, artifacts: [entry] });
    expect(server.objects.size).toBe(3);
  });

  it("gives up after its attempts and says what was asked, what came, and how often", async () => {
    server.faults = Array.from({ length: 3 }, () => "503" as const);
    const url = `${server.endpoint}/bucket/models/x`;
    await expect(bucket(3).get("models/x")).rejects.toThrow(
      `GET ${url}: 503 SlowDown: About GET models/x., after 3 attempts`,
    );
    expect(server.log.length).toBe(3);
  });

  it("waits a minute where the bucket asks for an hour, says so, and gives up after its attempts", async () => {
    server.retryAfter = "3600";
    server.faults = Array.from({ length: 3 }, () => "503" as const);
    const clock = new RecordedClock();
    const lines: string[] = [];
    const limits = { clock, onWait: ({ line }: { line: string }) => lines.push(line), attempts: 3 };
    const patient = new S3Bucket(new S3Client("bucket", r2Credentials(server.env), limits));
    await expect(patient.get("models/x")).rejects.toThrow("after 3 attempts");
    expect(clock.waitsMs).toEqual([60_000, 60_000]);
    expect(lines[0]).toContain("503 SlowDown: About GET models/x.; attempt 2 of 3 in 60.0 s, though the server asks");
  });

  it("stops waiting for the bucket when it is aborted", async () => {
    server.retryAfter = "30";
    server.faults = ["503"];
    const stop = new AbortController();
    const limits = { signal: stop.signal, onWait: () => stop.abort(new Error("stopped")) };
    const client = new S3Bucket(new S3Client("bucket", r2Credentials(server.env), limits));
    await expect(client.get("models/x")).rejects.toThrow("stopped");
  });

  it("says at once, and only once, that the secret is wrong", async () => {
    const wrong = r2Credentials({ ...server.env, R2_SECRET_ACCESS_KEY: "other" });
    const client = new S3Bucket(new S3Client("bucket", wrong, FAST));
    await expect(client.get("k")).rejects.toThrow("403 SignatureDoesNotMatch");
    expect(server.log.length).toBe(1);
  });

  it("names the address when nothing answers there", async () => {
    const nobody = r2Credentials({ ...server.env, R2_ENDPOINT: "http://127.0.0.1:9" });
    const client = new S3Bucket(new S3Client("bucket", nobody, { ...FAST, attempts: 2 }));
    await expect(client.get("k")).rejects.toThrow(/^GET http:\/\/127\.0\.0\.1:9\/bucket\/k: .+, after 2 attempts$/);
  });

  it("writes only where the condition holds", async () => {
    const b = bucket();
    const created = await b.put("k", "one", { onlyIf: { etagDoesNotMatch: "*" } });
    expect(await b.put("k", "two", { onlyIf: { etagDoesNotMatch: "*" } })).toBeNull();
    expect(await b.put("k", "two", { onlyIf: { etagMatches: '"other"' } })).toBeNull();
    expect(await b.put("none", "two", { onlyIf: { etagMatches: created!.etag } })).toBeNull();
    expect(await (await b.get("k"))?.text()).toBe("one");
    expect(await b.put("k", "two", { onlyIf: { etagMatches: created!.etag } })).not.toBeNull();
    expect(await (await b.get("k"))?.text()).toBe("two");
    expect(await b.get("none")).toBeNull();
  });

  it("signs keys with spaces, signs and letters of any alphabet", async () => {
    const b = bucket();
    for (const key of ["a b/c+d", "é/ü%", "x(1)!*'", "q?=&#"]) {
      await b.put(key, key, {});
      expect(await (await b.get(key))?.text()).toBe(key);
      expect(server.objects.has(key)).toBe(true);
    }
    const listed: string[] = [];
    for await (const { key } of b.list("")) listed.push(key);
    expect(listed.sort()).toEqual([...server.objects.keys()].sort());
  });
});

describe("what is checked before a run", () => {
  it("names the variable that is missing or malformed", () => {
    const noEndpoint = { ...server.env, R2_ENDPOINT: "" };
    const to = { to: "r2://bucket", persist: "unused" };
    expect(() => publishTarget(to, {})).toThrow("R2_ACCESS_KEY_ID is not set");
    expect(() => publishTarget(to, { R2_ACCESS_KEY_ID: "k", R2_SECRET_ACCESS_KEY: "" })).toThrow(
      "R2_SECRET_ACCESS_KEY is not",
    );
    expect(() => publishTarget(to, noEndpoint)).toThrow("R2_ACCOUNT_ID is not set");
    expect(() => publishTarget(to, { ...noEndpoint, R2_ACCOUNT_ID: "me" })).toThrow("R2_ACCOUNT_ID: got me");
    expect(() => publishTarget(to, { ...server.env, R2_ENDPOINT: "here" })).toThrow("R2_ENDPOINT: got here");
    const account = { ...noEndpoint, R2_ACCOUNT_ID: "0123456789abcdef0123456789abcdef" };
    expect(r2Credentials(account).endpoint).toBe("https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com");
  });

  it("refuses an address that is no bucket", () => {
    for (const to of ["r2://", "r2://B", "s3://bucket", "r2://bucket/prefix", "bucket"]) {
      expect(() => publishTarget({ to, persist: "unused" }, server.env)).toThrow(
        `--to: got ${to}, expected r2://BUCKET`,
      );
    }
  });
});
