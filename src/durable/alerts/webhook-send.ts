// One attempt to deliver to one webhook. Returns every outcome as a value, within the deadline. Never throws.
import type { AlertChange } from "../../quality/alerts/alert-change.ts";
import type { Webhook } from "../../settings/webhook-schema.ts";
import { encodeWebhook } from "./encode-webhook.ts";
import { blackOut, charsToRead, hiddenWords } from "./webhook-secrets.ts";
import { webhookSignature } from "./webhook-signature.ts";
import { parseRetryAfter } from "../../schemas/retry-after.ts";

/** The outcome of an attempt. */
export interface Attempt {
  /** HTTP status; `null` when no answer came. */
  readonly status: number | null;
  /** `Retry-After` (seconds or date) as ms after the answer; `null` without one. */
  readonly retryAfterMs: number | null;
  /** Why there was no answer, or the beginning of an error answer; secrets are masked. */
  readonly detail: string;
  readonly tookMs: number;
}

export interface SendOptions {
  readonly gateway: string;
  readonly deadlineMs: number;
  readonly nowMs: number;
  /** How many symbols there are; `undefined` where that is not known. */
  readonly symbols?: number | undefined;
}

/** Characters of an answer that are kept. */
const DETAIL_CHARS = 200;

/**
 * Posts changes of one rule and state as one message. Redirects are not followed: the token must not be sent to another
 * address.
 */
export async function postChanges(
  changes: readonly AlertChange[],
  webhook: Webhook,
  options: SendOptions,
): Promise<Attempt> {
  const { gateway, deadlineMs, nowMs, symbols } = options;
  const tookMs = (): number => Date.now() - nowMs;
  const words = hiddenWords(webhook);
  try {
    const { url, headers, body } = encodeWebhook(changes, webhook, gateway, symbols);
    const signed: Record<string, string> = { ...headers };
    if (webhook.secret !== undefined) {
      signed["X-Volgate-Signature"] = await webhookSignature(webhook.secret, Math.floor(nowMs / 1000), body);
    }
    const signal = AbortSignal.timeout(deadlineMs);
    const response = await fetch(url, { method: "POST", headers: signed, body, redirect: "manual", signal });
    const { status } = response;
    const detail = response.ok ? await dropBody(response) : await readStart(response, words);
    const retryAfterMs = parseRetryAfter(response.headers.get("Retry-After"), Date.now());
    return { status, retryAfterMs, detail, tookMs: tookMs() };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === "TimeoutError";
    const why = timedOut ? `no answer in ${deadlineMs} ms` : `network: ${String(error)}`;
    return { status: null, retryAfterMs: null, detail: blackOut(why, words, DETAIL_CHARS, false), tookMs: tookMs() };
  }
}

/** Discards the body: a success is known from its status alone. */
async function dropBody(response: Response): Promise<string> {
  await response.body?.cancel().catch(() => undefined);
  return "";
}

/** The beginning of the body. If the body fails, the status still counts as the answer. */
async function readStart(response: Response, words: readonly string[]): Promise<string> {
  if (response.body === null) return "";
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const enough = charsToRead(words, DETAIL_CHARS);
  let text = "";
  let broken = true;
  try {
    while (broken && text.length < enough) {
      const { done, value = "" } = await reader.read();
      text += value;
      broken = !done;
    }
    await reader.cancel();
  } catch {
    // Connection lost or deadline passed: use what was received.
  }
  return blackOut(text, words, DETAIL_CHARS, broken);
}
