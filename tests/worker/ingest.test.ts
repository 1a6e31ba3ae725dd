import { describe, expect, it } from "vitest";
import { ingest } from "./gateway.ts";
import { market } from "./market.ts";

describe("POST /ingest", () => {
  it("takes a JSON array", async () => {
    const { status, body } = await ingest(market("ARRAY", 3));
    console.log(body);
    expect(status).toBe(200);
  });
});
