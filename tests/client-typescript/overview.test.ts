// The overview as an async iterator: over a socket, by polling where none can be had, and on again after a drop.
import { describe, expect, it } from "vitest";
import type { StreamState } from "../../clients/typescript/src/stream/reconnecting.ts";
import { overviewContract } from "../../src/http/overview-schema.ts";
import { problem } from "./fake-gateway.ts";
import { clientOf, startGateway, until } from "./test-client.ts";

const answerOf = (cursor: string) => ({ ...overviewContract.answer.example, cursor });

describe("the overview", () => {
  it("comes over a socket, and continues behind its cursor after a drop", async () => {
    const gateway = await startGateway();
    gateway.stream.overviews.push(answerOf("a:1"), answerOf("a:2"));
    const cursors: string[] = [];
    for await (const { cursor, symbols } of clientOf(gateway).overview({ grid: "60s" })) {
      expect(symbols[0]!.symbol).toBe("BTC-USD");
      cursors.push(cursor);
      if (cursors.length === 2) {
        gateway.stream.overviews.splice(0, 2, answerOf("a:3"));
        gateway.dropSockets();
      }
      if (cursors.length === 3) break;
    }
    expect(cursors).toEqual(["a:1", "a:2", "a:3"]);
    expect(gateway.opened).toEqual(["/overview?grid=60s", "/overview?since=a%3A2&grid=60s"]);
    await until(() => gateway.openSockets === 0);
  });

  it("says why the gateway cannot answer, and asks again", async () => {
    const gateway = await startGateway();
    gateway.stream.overviews.push({
      type: "failed",
      code: "directory_unavailable",
      detail: "buckets: 3 do not answer",
    });
    const whys: string[] = [];
    const onState = (state: StreamState): void => {
      if (state.kind !== "waiting") return;
      whys.push(state.why);
      gateway.stream.overviews.splice(0, 1, answerOf("a:1"));
    };
    const overview = clientOf(gateway).overview({ onState });
    expect((await overview.next()).value).toMatchObject({ cursor: "a:1" });
    await overview.return();
    expect(whys).toEqual(["directory_unavailable: buckets: 3 do not answer"]);
  });

  it("is polled where no socket gets through, through failures too", async () => {
    const gateway = await startGateway();
    gateway.upgrades = "blocked";
    const answers = [answerOf("a:1"), problem(503, "object_timeout", "late"), answerOf("a:2")];
    gateway.answers.set("/overview", () => {
      const next = answers.shift()!;
      return "status" in next ? next : { status: 200, body: next };
    });
    const cursors: string[] = [];
    for await (const { cursor } of clientOf(gateway).overview({ pollEveryMs: 5 })) {
      cursors.push(cursor);
      if (cursors.length === 2) break;
    }
    expect(cursors).toEqual(["a:1", "a:2"]);
    expect(gateway.requests.map(({ url }) => url)).toEqual([
      "/overview",
      "/overview?since=a%3A1",
      "/overview?since=a%3A1",
    ]);
  });

  it("ends when it is refused, and with the signal's reason", async () => {
    const gateway = await startGateway();
    gateway.answers.set("/overview", problem(400, "unknown_grid", "grid: got 7s, expected one of 1s"));
    const refused = clientOf(gateway).overview({ transport: "http", grid: "7s" }).next();
    await expect(refused).rejects.toMatchObject({ code: "unknown_grid", field: "grid" });
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error("enough")), 20);
    await expect(clientOf(gateway).overview({ signal: abort.signal }).next()).rejects.toThrow("enough");
  });
});
