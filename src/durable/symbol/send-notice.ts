// Sends the registry a notice for operators, which `/health` shows.
import { registryOf } from "../../clients/registry.ts";
import { logError } from "../../log.ts";
import type { Env } from "../../settings.ts";
import type { Notice } from "../registry/registry-state.ts";

/** Longer messages are cut: all notices are one value, which every isolate reads every few seconds. */
const MAX_MESSAGE = 500;

/** Never throws: a registry that is away must not fail the symbol. */
export async function sendNotice(env: Env, symbol: string, code: Notice["code"], message: string): Promise<void> {
  try {
    await registryOf(env).addNotice({ atMs: Date.now(), symbol, code, message: message.slice(0, MAX_MESSAGE) });
  } catch (error) {
    logError("notice_not_sent", { symbol, code, message, error: String(error) });
  }
}
