import { describe, expect, it } from "vitest";
import { recordLog } from "../../src/log.ts";
import zscore from "../../src/model/bundled/zscore.json" with { type: "json" };
import { handMade, publish, setAlias } from "./artifacts.ts";
import { fetchJson, fetchWith, postJson } from "./gateway.ts";

const put = (path: string, body: unknown) => fetchJson(path, { method: "PUT", body: JSON.stringify(body) });
const SHA256 = "0".repeat(64);

describe("a refusal names the field, what came and what was expected", () => {
  it.each([
    ["symbols_malformed", { symbols: "BTC-USD" }, 'symbols: got "BTC-USD", expected a list of at most 100'],
    [
      "symbol_malformed",
      { symbols: ["a b"] },
      'symbols[0]: got "a b", expected 1 to 64 of A-Z a-z 0-9 . _ : / = ^ -, beginning with one of A-Z a-z 0-9 ^',
    ],
    ["rows_malformed", { rows: { n: 1 } }, "rows: got an object, expected a list"],
    ["row_malformed", { rows: [[]] }, "rows[0]: got a list, expected an object"],
    [
      "row_incomplete",
      { rows: [{ ret_mean: 1, ret_std: 1 }] },
      "rows[0].n: got nothing, expected a finite float32 here or as trade_intensity_300s",
    ],
    ["symbols_or_rows", {}, "body: got neither of symbols and rows, expected exactly one"],
  ])("%s", async (code, body, detail) => {
    expect((await postJson("/predict", body)).body).toMatchObject({ code, detail });
  });

  it("of settings that go with the challenger only", async () => {
    for (const [field, value] of Object.entries({ mode: "split", share: 0.1, auto: true })) {
      const codes = { mode: "mode_misplaced", share: "share_misplaced", auto: "auto_misplaced" } as const;
      const { status, body } = await put("/admin/aliases/rows", { sha256: SHA256, [field]: value });
      expect([status, body.code]).toEqual([400, codes[field as keyof typeof codes]]);
      expect(body.detail).toBe(`${field}: got one for rows, expected it for challenger only`);
    }
  });

  it("of name and reason", async () => {
    const detail = "reason: got 201 characters, expected 1 to 200 characters";
    expect((await postJson("/admin/rollback", { by: "ada", reason: "x".repeat(201) })).body).toMatchObject({
      code: "reason_malformed",
      detail,
    });
    expect((await postJson("/admin/rollback", { reason: "why" })).body).toMatchObject({
      code: "by_malformed",
      detail: "by: got nothing, expected 1 to 200 characters",
    });
  });

  it("of an unknown field", async () => {
    expect((await put("/admin/experiment", { mode: "shadow", shar: 0.2 })).body).toMatchObject({
      status: 400,
      code: "field_unknown",
      detail: "shar: got 0.2, expected no field but mode, share, auto, by, reason, force",
    });
  });

  it("of a list where an object is expected", async () => {
    expect((await put("/admin/experiment", [])).body).toMatchObject({
      code: "body_malformed",
      detail: "body: got a list, expected an object",
    });
  });

  it("of webhooks and dead letters", async () => {
    const test = (body: unknown) => postJson("/admin/alerts/test", body);
    expect((await test({ webhook: 5 })).body.code).toBe("webhook_malformed");
    expect((await test({ webhook: "ops" })).body.code).toBe("unknown_webhook");
    expect((await postJson("/admin/alerts/dead-letters/x/redeliver", {})).body.code).toBe("id_malformed");
    expect((await postJson("/admin/alerts/dead-letters/9/redeliver", {})).body.code).toBe("unknown_dead_letter");
  });

  it("of an encoding other than gzip", async () => {
    const { status, body } = await postJson("/predict", {}, { "Content-Encoding": "br" });
    expect([status, body.code]).toEqual([415, "unsupported_encoding"]);
  });

  it("of rows that are too large for the model's own sums", async () => {
    const { row, schemaHash, label } = zscore;
    const features = ["log_return_300s"];
    const sha256 = await publish(await handMade("nanOnHuge", { row, schemaHash, label, features }));
    expect((await setAlias("rows", sha256)).body).toMatchObject({ serving: true });
    const score = (x: number) => postJson("/predict", { rows: [{ ret_mean: x, ret_std: 1, n: 1 }] });
    expect((await score(1e18)).body).toMatchObject({ scores: [expect.any(Number)] });
    expect((await score(3e38)).body).toMatchObject({
      status: 422,
      code: "rows_out_of_range",
      detail: "rows[0]: got values for which the model gives no probability",
    });
  });
});

describe("an unexpected exception", () => {
  it("is answered 500 without what it was, which the log has under the request's id", async () => {
    const events: unknown[] = [];
    recordLog((level, event, fields) => events.push({ level, event, ...fields }));
    try {
      const broken = { READ_LIMIT: "no binding" } as unknown as Parameters<typeof fetchWith>[0];
      const { status, body } = await fetchWith(broken, "/symbols/NEVER-SEEN", {
        headers: { "X-Correlation-ID": "r-1" },
      });
      expect([status, body.code, body.request_id]).toEqual([500, "internal_error", "r-1"]);
      expect(body.detail).toBe("an unexpected error; see the log");
      expect(events).toContainEqual(expect.objectContaining({ event: "unhandled_error", request_id: "r-1" }));
    } finally {
      recordLog();
    }
  });
});
