// Which way ticks go, and what ends a sender: tokens, networks without sockets, runtimes without them, aborts.
import { describe, expect, it } from "vitest";
import { frameBehaviour } from "./fake-tick-socket.ts";
import { BACKOFF, clientOf, startGateway, ticksOf, until } from "./test-client.ts";
import type { SocketConstructor } from "../../clients/typescript/src/socket-like.ts";
import { VolgateClient } from "../../clients/typescript/src/volgate-client.ts";

describe("the way of ticks", () => {
  it("is HTTP where no socket gets through, decided before the first tick", async () => {
    const gateway = await startGateway();
    gateway.upgrades = "blocked";
    const sender = clientOf(gateway).ticks({ maxBatch: 10 });
    const ticks = ticksOf("BTC-USD", 100);
    await sender.send(ticks);
    await sender.close();
    expect(sender.transport).toBe("http");
    expect(gateway.ticks.applied).toEqual(ticks);
    expect(gateway.ticks.received.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("stays a socket when there must be one: the sender ends and says why", async () => {
    const gateway = await startGateway();
    gateway.upgrades = "blocked";
    const sender = clientOf(gateway).ticks({ transport: "socket", giveUpAfterMs: 100 });
    const ticks = ticksOf("BTC-USD", 3);
    await sender.send(ticks);
    await expect(sender.close()).rejects.toMatchObject({ code: "unreachable" });
    expect(sender.unacknowledged).toEqual(ticks);
    expect(gateway.ticks.received).toEqual([]);
  });

  it("ends at once with a wrong token", async () => {
    const gateway = await startGateway();
    gateway.token = "right-token-ü";
    for (const transport of ["socket", "http", "auto"] as const) {
      const sender = clientOf(gateway, { token: "wrong" }).ticks({ transport });
      await sender.send(ticksOf("BTC-USD", 1));
      await expect(sender.flush()).rejects.toMatchObject({
        code: "not_authenticated",
        status: 401,
        field: "Authorization",
        requestId: "r-1",
      });
    }
    const sender = clientOf(gateway, { token: "right-token-ü" }).ticks({ transport: "socket" });
    await sender.send(ticksOf("BTC-USD", 1));
    await sender.close();
    expect(sender.report.accepted).toBe(1);
  });

  it("waits for a gateway that is not there yet, and gives up in time", async () => {
    const gateway = await startGateway();
    await gateway.stop();
    const sender = clientOf(gateway).ticks({ giveUpAfterMs: 100 });
    await sender.send(ticksOf("BTC-USD", 1));
    await expect(sender.flush()).rejects.toMatchObject({ code: "unreachable", attempts: expect.any(Number) as number });
    const patient = clientOf(gateway).ticks();
    await patient.send(ticksOf("BTC-USD", 2));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await gateway.start();
    await patient.close();
    expect(patient.report.accepted).toBe(2);
  });

  it("ends with the signal's reason: who waits for room is told too", async () => {
    const gateway = await startGateway();
    frameBehaviour.set(gateway.ticks, () => ({ waitMs: 1_000 }));
    const abort = new AbortController();
    const sender = clientOf(gateway).ticks({ signal: abort.signal, maxBuffered: 5 });
    const ticks = ticksOf("BTC-USD", 12);
    const sent = sender.send(ticks);
    await until(() => gateway.openSockets === 1);
    abort.abort(new Error("the user left"));
    await expect(sent).rejects.toThrow("the user left");
    await expect(sender.flush()).rejects.toThrow("the user left");
    expect(sender.unacknowledged).toEqual(ticks);
    await until(() => gateway.openSockets === 0);
  });

  it("ends with what the caller's own function throws", async () => {
    const gateway = await startGateway();
    const sender = clientOf(gateway).ticks({
      onAck: () => {
        throw new Error("the disk is full");
      },
    });
    await sender.send(ticksOf("BTC-USD", 1));
    await expect(sender.flush()).rejects.toThrow("the disk is full");
  });

  it("ends with what a WebSocket throws that may not be made", async () => {
    const gateway = await startGateway();
    class Forbidden {
      constructor() {
        throw new Error("the page's policy forbids it");
      }
    }
    const sender = clientOf(gateway, { WebSocket: Forbidden as unknown as SocketConstructor }).ticks({ maxDelayMs: 1 });
    const ticks = ticksOf("BTC-USD", 1);
    await sender.send(ticks);
    // By its own timer.
    await until(() => sender.unacknowledged.length > 0);
    expect(sender.unacknowledged).toEqual(ticks);
    await expect(sender.flush()).rejects.toThrow("the page's policy forbids it");
  });

  it("says that this runtime has no WebSocket where one is asked for", async () => {
    const gateway = await startGateway();
    const { WebSocket } = globalThis;
    try {
      Reflect.deleteProperty(globalThis, "WebSocket");
      const client = new VolgateClient({ url: gateway.url, backoff: BACKOFF });
      expect(() => client.ticks({ transport: "socket" })).toThrow(/no_socket.*package ws/);
      const sender = client.ticks();
      await sender.send(ticksOf("BTC-USD", 1));
      await sender.close();
      expect(sender.transport).toBe("http");
    } finally {
      globalThis.WebSocket = WebSocket;
    }
  });

  it("refuses options that cannot be, with the value and what was expected", () => {
    const client = new VolgateClient({ url: "http://127.0.0.1:1" });
    expect(() => client.ticks({ maxBatch: 5_001 })).toThrow(
      "maxBatch: got 5001, expected a whole number from 1 to 5000",
    );
    expect(() => client.ticks({ maxBuffered: 0 })).toThrow(/^maxBuffered: got 0/);
    expect(() => client.ticks({ maxDelayMs: NaN })).toThrow(/^maxDelayMs: got NaN/);
    expect(() => client.ticks({ producer: "a b" })).toThrow(/^producer: got a b/);
    expect(() => new VolgateClient({ url: "localhost:8787" })).toThrow(/^url: got localhost:8787, expected http/);
    expect(() => new VolgateClient({ url: "http://x", timeoutMs: -1 })).toThrow(/^timeoutMs: got -1/);
  });

  it("takes no more ticks once it is closed", async () => {
    const gateway = await startGateway();
    const sender = clientOf(gateway).ticks();
    await sender.close();
    await expect(sender.send(ticksOf("BTC-USD", 1))).rejects.toMatchObject({ code: "closed" });
    expect(gateway.opened).toEqual([]);
  });
});
