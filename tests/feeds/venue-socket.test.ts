// The WebSocket to a venue, against a local exchange: what is told of a loss.
import { afterEach, beforeEach, expect, test } from "vitest";
import { openVenueSocket } from "../../feeds/feed/venue-socket.ts";
import type { FeedSocket } from "../../src/markets/feed/venue-feed.ts";
import { KRAKEN_DIALECT } from "../exchange/kraken-dialect.ts";
import { LocalExchange } from "../exchange/local-exchange.ts";
import { waitUntil } from "./wait-until.ts";

let exchange: LocalExchange;
let heard: unknown[];
let socket: FeedSocket;

beforeEach(async () => {
  exchange = await LocalExchange.start(KRAKEN_DIALECT);
  heard = [];
});
afterEach(async () => {
  socket.close("the test is over");
  await exchange.stop();
});

function open(url = exchange.url): void {
  socket = openVenueSocket(url, {
    opened: () => void heard.push("opened"),
    lost: (loss) => void heard.push(loss),
    received: (data) => void heard.push(typeof data === "string" ? "text" : "binary"),
  });
}

test("tells the status of a refusal and how long to wait", async () => {
  exchange.refusal = { status: 429, retryAfterS: 7 };
  open();
  await waitUntil("the refusal", () => heard.length > 0);
  expect(heard).toEqual([{ status: 429, retryAfterMs: 7_000, text: "HTTP 429" }]);
});

test("tells the code and the reason of a close, and a reset as a broken connection", async () => {
  open();
  await waitUntil("the first message", () => heard.includes("text"));
  exchange.close(1013, "try again later");
  await waitUntil("the loss", () => heard.length === 3);
  expect(heard).toEqual(["opened", "text", { text: "the venue closed the connection with 1013: try again later" }]);
  heard.length = 0;
  open();
  await waitUntil("the first message", () => heard.includes("text"));
  await exchange.drop();
  await waitUntil("the loss", () => heard.length === 3);
  expect(heard[2]).toEqual({ text: expect.stringMatching(/broke|ECONNRESET/) as string });
});

test("tells that nobody listens, once", async () => {
  await exchange.leave();
  open();
  await waitUntil("the loss", () => heard.length > 0);
  expect(heard).toEqual([{ text: expect.stringContaining("ECONNREFUSED") as string }]);
  await exchange.comeBack();
});

test("hands on a binary message as such", async () => {
  open();
  await waitUntil("the first message", () => heard.includes("text"));
  exchange.sendRaw(Buffer.from([1, 2, 3]));
  await waitUntil("the message", () => heard.length === 3);
  expect(heard[2]).toBe("binary");
});

test("after its own close nothing more is heard", async () => {
  open();
  await waitUntil("the first message", () => heard.includes("text"));
  socket.close(`a reason with é and more than ${"1".repeat(123)} characters`);
  await waitUntil("the close", () => exchange.openConnections === 0);
  expect(heard).toEqual(["opened", "text"]);
});
