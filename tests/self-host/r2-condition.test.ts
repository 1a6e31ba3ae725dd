// R2's conditions, as HTTP means them.
import { describe, expect, it } from "vitest";
import { meetsCondition } from "../../self-host/r2-condition.ts";
import { parseR2Request } from "../../self-host/r2-request.ts";

const present = { key: "k", sizeBytes: 1, etag: "abc", uploadedMs: 1_500, httpFields: {}, customFields: {} };
const tag = (value: string) => [{ type: "strong" as const, value }];
const any = [{ type: "wildcard" as const }];

describe("a condition on an object", () => {
  it("creates only what is not there", () => {
    expect(meetsCondition({ etagDoesNotMatch: any }, undefined)).toBe(true);
    expect(meetsCondition({ etagDoesNotMatch: any }, present)).toBe(false);
  });

  it("replaces only what has the tag", () => {
    expect(meetsCondition({ etagMatches: tag("abc") }, present)).toBe(true);
    expect(meetsCondition({ etagMatches: tag("other") }, present)).toBe(false);
    expect(meetsCondition({ etagMatches: any }, undefined)).toBe(false);
  });

  it("compares dates, in whole seconds when asked to, and lets tags decide first", () => {
    expect(meetsCondition({ uploadedBefore: 1_600 }, present)).toBe(true);
    expect(meetsCondition({ uploadedBefore: 1_500 }, present)).toBe(false);
    expect(meetsCondition({ uploadedBefore: 1_200, secondsGranularity: true }, present)).toBe(true);
    expect(meetsCondition({ uploadedAfter: 2_000 }, present)).toBe(false);
    expect(meetsCondition({ etagMatches: tag("abc"), uploadedBefore: 0 }, present)).toBe(true);
    expect(meetsCondition({ uploadedAfter: 0 }, undefined)).toBe(false);
  });
});

describe("a request of the binding", () => {
  it("is refused when it is none that the bucket knows", () => {
    for (const text of ["", "{", "[]", '{"method":"uploadPart","object":"k"}', '{"method":"list","limit":5000}']) {
      expect(parseR2Request(text)).toBeUndefined();
    }
    expect(parseR2Request('{"method":"list","version":1}')).toMatchObject({ limit: 1000, prefix: "", include: [] });
  });
});
