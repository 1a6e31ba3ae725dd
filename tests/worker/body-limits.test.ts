// Bodies that are larger in memory than on the wire, cut off, compressed in parts, or almost JSON.
import { afterEach, describe, expect, it, vi } from "vitest";
import twoMembers from "../fixtures/cases/15-gzip-members-over-http/two_members.ndjson.gz?url&inline";
import pythonNan from "../fixtures/cases/16-python-nan-in-array/nan.json?raw";
import { fetchJson, fetchWith } from "./gateway.ts";
import { market, tick } from "./market.ts";

const MIB = 1024 * 1024;

async function gzip(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(parts.flatMap((part) => [...part]));

const post = (path: string, body: BodyInit, headers: Record<string, string> = {}) =>
  fetchJson(path, { method: "POST", body, headers });
const codeOf = async (path: string, body: BodyInit, headers: Record<string, string> = {}) => {
  const { status, body: problem } = await post(path, body, headers);
  return [status, problem.code] as const;
};
const GZIP = { "Content-Encoding": "gzip" };

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the body of an open or small route", () => {
  it("is not decompressed", async () => {
    const bomb = await gzip(`{"rows":[${"{},".repeat(1000)}{}]}`);
    for (const path of ["/predict", "/admin/alerts/test"]) {
      const { status, body } = await post(path, bomb, GZIP);
      expect([path, status, body.code]).toEqual([path, 415, "unsupported_encoding"]);
      expect(body.detail).toBe("Content-Encoding: got gzip, expected none on this route");
    }
  });

  it("has a limit of bytes before it is parsed", async () => {
    expect(await codeOf("/predict", `{"x":"${"x".repeat(MIB)}"}`)).toEqual([413, "body_too_large"]);
    expect(await codeOf("/admin/alerts/test", `{"webhook":"${"x".repeat(65_536)}"}`)).toEqual([413, "body_too_large"]);
    expect(await codeOf("/feedback", JSON.stringify("x".repeat(MIB / 2)))).toEqual([413, "body_too_large"]);
  });

  it("has a limit of JSON values before it is parsed, however they are nested", async () => {
    const parse = vi.spyOn(JSON, "parse");
    for (const body of [
      `{"rows":[${"{},".repeat(30_000)}{}]}`,
      `{"rows":${"[".repeat(30_000)}${"]".repeat(30_000)}}`,
      `{"rows":[${"0,".repeat(30_000)}0]}`,
    ]) {
      const answer = await fetchWith({}, "/predict", { method: "POST", body });
      expect([answer.status, answer.body.code]).toEqual([413, "body_too_large"]);
      expect(answer.body.detail).toBe("body: got more than 20000 JSON values, expected at most that");
    }
    expect(parse.mock.calls.filter(([text]) => text.startsWith('{"rows"'))).toEqual([]);
    expect(await codeOf("/feedback", `[${"{},".repeat(20_000)}{}]`)).toEqual([413, "body_too_large"]);
    // Commas and brackets inside of texts are no values.
    expect(await codeOf("/predict", `{"symbols":["${',[{\\"'.repeat(30_000)}"]}`)).toEqual([400, "symbol_malformed"]);
  });
});

describe("the body of POST /ingest", () => {
  it("may be several gzip members", async () => {
    const bytes = new Uint8Array(await (await fetch(twoMembers)).arrayBuffer());
    const { status, body } = await post("/ingest", bytes, { ...GZIP, "Content-Type": "application/x-ndjson" });
    expect([status, body.accepted]).toEqual([200, 20]);
    const parts = await Promise.all(market("MEMBERS", 100).map((one) => gzip(JSON.stringify(one) + "\n")));
    expect((await post("/ingest", joined(...parts), GZIP)).body.accepted).toBe(100);
  });

  it("is refused when something else than a member follows, or one is cut", async () => {
    const good = await gzip(JSON.stringify(tick("JUNK", 0)) + "\n");
    const header = good.slice(0, 10);
    for (const tail of [header, good.slice(0, -1), new Uint8Array([0, 0]), ...Array<Uint8Array>(50).fill(header)]) {
      expect(await codeOf("/ingest", joined(good, tail), GZIP)).toEqual([400, "body_unreadable"]);
    }
    expect(await codeOf("/ingest", joined(good, ...Array<Uint8Array>(500).fill(header)), GZIP)).toEqual([
      400,
      "body_unreadable",
    ]);
    expect(await codeOf("/ingest", new Uint8Array(0), GZIP)).toEqual([400, "body_unreadable"]);
  });

  it("has a limit of bytes over all members, and of the compressed bytes", async () => {
    const half = await gzip(" ".repeat(5 * MIB));
    expect(await codeOf("/ingest", joined(half, half), GZIP)).toEqual([413, "body_too_large"]);
    const noise = new Uint8Array(3 * MIB);
    for (let at = 0; at < noise.length; at += 65_536) crypto.getRandomValues(noise.subarray(at, at + 65_536));
    expect(await codeOf("/ingest", noise, GZIP)).toEqual([413, "body_too_large"]);
  });

  it("has a limit of JSON values", async () => {
    expect(await codeOf("/ingest", `[${"{},".repeat(320_000)}{}]`)).toEqual([413, "body_too_large"]);
    expect(await codeOf("/ingest", `${"{}\n".repeat(5_000)}`)).toEqual([422, "no_valid_tick"]);
  });

  it("names a word that JSON does not have, and where it stands", async () => {
    const { status, body } = await post("/ingest", pythonNan);
    expect([status, body.code]).toEqual([400, "not_json"]);
    const at = pythonNan.indexOf("NaN,") < 0 ? pythonNan.indexOf("NaN}") : pythonNan.indexOf("NaN,");
    expect(body.detail).toContain(`the word NaN at character ${at + 1}, in `);
    const line = `{"symbol":"NANL","ts":1764979200000,"price":-Infinity}`;
    const lines = await post("/ingest", `${JSON.stringify(tick("NANL", 0))}\n${line}\n`);
    expect(lines.body).toMatchObject({ accepted: 1, rejected: 1 });
    expect(lines.body.errors[0]).toMatchObject({ reason: "not_json", got: expect.stringContaining("-Infinity at") });
    const predict = await post("/predict", '{"rows":[{"ret_mean":None,"text":"NaN \\" NaN"}]}');
    expect(predict.body.detail).toContain("the word None at character 22");
  });

  it("that is a damaged array is refused whole, also when one of its lines is a tick", async () => {
    const body = `[\n{"symbol":"ARRAY","ts":1,"price":NaN},\n${JSON.stringify(tick("ARRAY", 0))}\n]`;
    expect(await codeOf("/ingest", body)).toEqual([400, "not_json"]);
    expect((await fetchJson("/symbols/ARRAY")).status).toBe(404);
  });
});

describe("a body that ends too early", () => {
  const cut = (): ReadableStream<Uint8Array> =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('[{"symbol":'));
      },
      pull(controller) {
        controller.error(new Error("Network connection lost."));
      },
    });

  it("is the client's fault: 400, and nothing in the log", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    for (const [path, method] of [
      ["/ingest", "POST"],
      ["/predict", "POST"],
      ["/feedback", "POST"],
      ["/admin/aliases/champion", "PUT"],
    ] as const) {
      const { status, body } = await fetchWith({}, path, { method, body: cut() });
      expect([path, status, body.code]).toEqual([path, 400, "body_incomplete"]);
    }
    expect((await fetchWith({}, "/ingest", { method: "POST", body: cut(), headers: GZIP })).status).toBe(400);
    expect(log).not.toHaveBeenCalled();
  });
});
