// All symbols as an async iterator: the first answer has every row, the later ones what changed. Over a socket, and by
// polling where none can be had.
import type { Routes } from "../api-types.ts";
import { type Connection, requirePositive } from "../connection.ts";
import { attempt, errorOf, isRepeatable } from "../request.ts";
import { wait } from "../wait.ts";
import { Dropped } from "./dropped.ts";
import { reconnecting, type ReconnectOptions } from "./reconnecting.ts";
import { socketMessages } from "./socket-messages.ts";

const PATH = "/overview";
/** After so long of polling a socket is tried again. */
const RETRY_SOCKET_MS = 60_000;

/** As `GET /overview` answers; `reset` says that what the reader had is void. */
export type OverviewUpdate = Routes["GET /overview"]["answer"];

export interface OverviewOptions extends ReconnectOptions {
  readonly grid?: string | undefined;
  readonly horizon?: string | undefined;
  /** The `cursor` of the last answer that was taken; all rows come without it. */
  readonly since?: string | undefined;
  /** How long to wait between two polls, where no socket can be had; 1 s by default. */
  readonly pollEveryMs?: number | undefined;
}

/** Gives each answer. Throws as `streamEvents` does. */
export async function* overviewStream(
  connection: Connection,
  options: OverviewOptions,
): AsyncGenerator<OverviewUpdate, void, undefined> {
  const { grid, horizon, since, signal, pollEveryMs = 1_000, transport = "auto" } = options;
  requirePositive("pollEveryMs", pollEveryMs);
  let cursor = since;
  const place = () => ({ path: PATH, query: { since: cursor, grid, horizon }, token: "readToken" as const });
  const socket = async function* (): AsyncGenerator<OverviewUpdate, never> {
    for await (const value of socketMessages(connection, place(), signal)) if (!isNotice(value)) yield parsed(value);
    throw new Dropped("the stream ended", { wasOpen: true });
  };
  const http = async function* (): AsyncGenerator<OverviewUpdate, never> {
    const untilMs =
      transport === "auto" && connection.WebSocket !== undefined ? Date.now() + RETRY_SOCKET_MS : Infinity;
    while (Date.now() < untilMs) {
      const question = { method: "GET", ...place(), signal, repeat: true };
      const answer = await attempt(connection, question);
      if (answer.status !== 200) {
        const error = errorOf(`GET ${PATH}`, answer);
        if (!isRepeatable(answer)) throw error;
        throw new Dropped(error.message, { wasOpen: false, askedMs: answer.askedMs });
      }
      yield parsed(answer.value);
      await wait(pollEveryMs, signal);
    }
    throw new Dropped("a socket is tried again", { wasOpen: true });
  };
  for await (const update of reconnecting(connection, { path: PATH, socket, http }, options)) {
    cursor = update.cursor;
    yield update;
  }
}

/** What is no answer: the beginning. While the gateway cannot answer, it says why. */
function isNotice(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("type" in value)) return false;
  if (value.type !== "failed") return true;
  const [code, detail] = ["code" in value && value.code, "detail" in value && value.detail].map(String);
  throw new Dropped(`${code}: ${detail}`, { wasOpen: true });
}

function parsed(value: unknown): OverviewUpdate {
  if (typeof value === "object" && value !== null && "cursor" in value && "symbols" in value) {
    if (typeof value.cursor === "string" && Array.isArray(value.symbols)) return value as OverviewUpdate;
  }
  throw new Dropped(`an answer that is no overview: ${JSON.stringify(value).slice(0, 120)}`, { wasOpen: false });
}
