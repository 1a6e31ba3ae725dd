import { expect, it } from "vitest";
import { fetchJson, ingestMany } from "./gateway.ts";
import { tick } from "./market.ts";

it("takes five hundred symbols in one batch", async () => {
  const ticks = Array.from({ length: 1500 }, (_, i) => tick(`MANY-${i % 500}`, Math.floor(i / 500)));
  const { status, body } = await ingestMany(ticks);
  expect(status).toBe(200);
  expect(body.accepted + body.duplicate, "a second try's are duplicates").toBe(1500);
  expect(Object.keys(body.symbols)).toHaveLength(500);
  expect((await fetchJson("/symbols")).body.symbols).toEqual(
    expect.arrayContaining(Array.from({ length: 500 }, (_, i) => `MANY-${i}`)),
  );
});
