import { describe, expect, it } from "vitest";
import { fetchJson, postJson } from "./gateway.ts";

const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** A JSON body of just so many bytes: one tick that is refused, with a field that nobody reads. */
function bodyOf(sizeBytes: number): string {
  const [head, tail] = ['{"symbol":"","note":"', '"}'];
  return head + "x".repeat(sizeBytes - head.length - tail.length) + tail;
}

function streamOf(text: string, transform?: CompressionStream): ReadableStream<Uint8Array> {
  const { body } = new Response(text);
  return transform === undefined ? body! : body!.pipeThrough(transform);
}

const send = async (body: BodyInit, headers: Record<string, string> = {}): Promise<[number, string]> => {
  const { status, body: problem } = await fetchJson("/ingest", { method: "POST", body, headers });
  return [status, problem.code];
};

describe("a body of 8 MiB", () => {
  const gzip = { "Content-Encoding": "gzip" };

  it("is read, announced, in chunks and behind gzip", async () => {
    const text = bodyOf(MAX_BODY_BYTES);
    expect(await send(text)).toEqual([422, "no_valid_tick"]);
    expect(await send(streamOf(text))).toEqual([422, "no_valid_tick"]);
    expect(await send(streamOf(text, new CompressionStream("gzip")), gzip)).toEqual([422, "no_valid_tick"]);
  });

  it("and one byte is refused in all three ways", async () => {
    const text = bodyOf(MAX_BODY_BYTES + 1);
    expect(await send(text)).toEqual([413, "body_too_large"]);
    expect(await send(streamOf(text))).toEqual([413, "body_too_large"]);
    expect(await send(streamOf(text, new CompressionStream("gzip")), gzip)).toEqual([413, "body_too_large"]);
  });
});

describe("the number of parts of a request", () => {
  /** Refused one by one, so that none reaches a symbol. */
  const parts = (count: number): unknown[] => Array.from({ length: count }, () => 0);

  it("is at most 5,000 for ticks, as a list or as lines", async () => {
    for (const join of [JSON.stringify, (list: unknown[]) => list.join("\n")]) {
      expect(await send(join(parts(5000)))).toEqual([422, "no_valid_tick"]);
      expect(await send(join(parts(5001)))).toEqual([413, "too_many_ticks"]);
    }
  });

  it("is at most 1,000 for labels", async () => {
    expect((await postJson("/feedback", parts(1000))).body.code).toBe("no_valid_label");
    expect((await postJson("/feedback", parts(1001))).body.code).toBe("too_many_labels");
  });

  it("is at most 1,000 for rows and 100 for symbols", async () => {
    const row = { ret_mean: 0, ret_std: 0.1, n: 5 };
    expect((await postJson("/predict", { rows: Array.from({ length: 1000 }, () => row) })).status).toBe(200);
    expect((await postJson("/predict", { rows: Array.from({ length: 1001 }, () => row) })).body.code).toBe(
      "too_many_rows",
    );
    expect((await postJson("/predict", { symbols: Array.from({ length: 100 }, () => "A") })).status).toBe(200);
    expect((await postJson("/predict", { symbols: Array.from({ length: 101 }, () => "A") })).body.code).toBe(
      "symbols_malformed",
    );
  });
});
