// The messages of one event stream (SSE) by `fetch`, for networks without WebSockets. The next part is read only when
// the reader asks for it, so that a slow one slows the gateway down.
import { addressOf, bearerHeaders, type Connection } from "../connection.ts";
import type { SocketPlace } from "../gateway-socket.ts";
import { describeFailure } from "../../../../requests/describe-failure.ts";
import { answerOf, errorOf, isRepeatable, parsedJson } from "../request.ts";
import { Dropped } from "./dropped.ts";

/** The gateway sends a comment each 15 s. */
const SILENCE_MS = 45_000;

/**
 * Gives the JSON of each event. Throws `Dropped` when it ends, `VolgateError` when it is refused for good, and the
 * signal's reason.
 */
export async function* sseMessages(
  connection: Connection,
  { path, query, token }: SocketPlace,
  signal?: AbortSignal,
): AsyncGenerator<unknown, never, undefined> {
  signal?.throwIfAborted();
  const cut = new AbortController();
  const onAbort = (): void => cut.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  let wasOpen = false;
  try {
    const response = await withDeadline(cut, connection.timeoutMs, () =>
      connection.fetch(addressOf(connection, path, query), {
        headers: { Accept: "text/event-stream", ...bearerHeaders(connection.tokens[token]) },
        cache: "no-store",
        signal: cut.signal,
      }),
    );
    if (!response.ok || response.body === null) {
      const answer = await answerOf(response);
      const error = errorOf(`GET ${path}`, answer);
      if (!isRepeatable(answer)) throw error;
      throw new Dropped(error.message, { wasOpen, askedMs: answer.askedMs });
    }
    wasOpen = true;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await withDeadline(cut, SILENCE_MS, () => reader.read());
      if (done) throw new Dropped("the gateway ended the stream", { wasOpen });
      text = (text + value).replaceAll("\r\n", "\n");
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const data = dataOf(text.slice(0, end));
        text = text.slice(end + 2);
        if (data === "") continue;
        const message = parsedJson(data);
        if (message === undefined) throw new Dropped(`an event that is no JSON: ${data.slice(0, 80)}`, { wasOpen });
        yield message;
      }
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof TypeError || (error instanceof DOMException && error.name !== "AbortError")) {
      throw new Dropped(describeFailure(error), { wasOpen });
    }
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    cut.abort();
  }
}

/** The `data` of an event; empty for a comment. */
function dataOf(event: string): string {
  const lines = event.split("\n").filter((line) => line.startsWith("data:"));
  return lines.map((line) => line.slice(line.startsWith("data: ") ? 6 : 5)).join("\n");
}

/** Cuts the request with a `TimeoutError` when the work takes longer. */
async function withDeadline<T>(cut: AbortController, ms: number, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(
    () => cut.abort(new DOMException(`nothing came for ${ms} ms`, "TimeoutError")),
    Math.min(ms, 2 ** 31 - 1),
  );
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
