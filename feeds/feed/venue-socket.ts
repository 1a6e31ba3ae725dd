// A WebSocket to a venue, from Node. The library `ws` tells the HTTP status of a refusal, which Node's own does not.
import { WebSocket } from "ws";
import { describeFailure } from "../../requests/describe-failure.ts";
import { retryAfterMs } from "../../requests/retry-delay.ts";
import type { FeedLoss } from "../../src/markets/feed/feed-session.ts";
import { closeWords } from "../../src/markets/feed/loss-words.ts";
import type { OpenSocket } from "../../src/markets/feed/venue-feed.ts";

/** Larger messages end the connection, bytes: the largest snapshots of trades have some ten thousand. */
const MOST_BYTES = 4 * 2 ** 20;
/** How long a venue may take to answer a close before the socket is cut off, ms. */
const CLOSE_MS = 1_000;

export const openVenueSocket: OpenSocket = (url, events) => {
  const socket = new WebSocket(url, { maxPayload: MOST_BYTES, perMessageDeflate: false });
  let isLost = false;
  const lose = (loss: FeedLoss): void => {
    if (isLost) return;
    isLost = true;
    events.lost(loss);
  };
  socket.on("open", () => events.opened());
  socket.on("message", (data: Buffer, isBinary) => events.received(isBinary ? data : data.toString()));
  socket.on("unexpected-response", (request, response) => {
    const { statusCode: status, headers } = response;
    request.destroy();
    lose({ status, retryAfterMs: retryAfterMs(headers["retry-after"], Date.now()), text: `HTTP ${status}` });
  });
  socket.on("error", (error) => lose({ text: describeFailure(error) }));
  socket.on("close", (code, reason) => lose({ text: closeWords(code, reason.toString()) }));
  return {
    // A socket that is closing takes nothing more; its loss is told by `close`.
    send: (text) => socket.send(text, () => undefined),
    close: (reason) => {
      isLost = true;
      if (socket.readyState === WebSocket.CONNECTING) return socket.terminate();
      // A reason has at most 123 bytes.
      socket.close(
        1000,
        Buffer.from(reason)
          .subarray(0, 120)
          .toString("latin1")
          .replaceAll(/[^\x20-\x7e]/g, "?"),
      );
      setTimeout(() => socket.terminate(), CLOSE_MS).unref();
    },
  };
};
