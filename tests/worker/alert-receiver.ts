// Webhooks' receivers for the tests: what the alerts object sends to the network arrives here, by the name of its host.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { alertsOf } from "../../src/clients/alerts.ts";
import type { AlertChange } from "../../src/quality/alerts/alert-change.ts";

export const JSON_SECRET = "0123456789abcdef-secret";
export const REPO_TOKEN = "ghp_very-secret-token";

/** One webhook of each kind; the host is the name. */
export const WEBHOOKS = [
  { name: "json", kind: "json", url: "https://json.test/hook", secret: JSON_SECRET },
  { name: "events", kind: "cloudevents", url: "https://events.test/hook", token: "events-token" },
  { name: "slack", kind: "slack", url: "https://slack.test/services/T1/B2/hidden", minSeverity: "warning" },
  { name: "repo", kind: "github", url: "https://repo.test/repos/me/mine/", token: REPO_TOKEN },
];

export interface Arrived {
  readonly host: string;
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly text: string;
  /** The body, parsed; tests assert what is in it. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

type Answer = (arrived: Arrived, signal: AbortSignal) => Response | Promise<Response>;

/** What arrived, in order, and how each host answers from now on: 200 unless told otherwise. */
export const arrived: Arrived[] = [];
export const answers = new Map<string, Answer>();

/** Names and states of what arrived at a host, e.g. `drift firing`. */
export function arrivedAt(host: string): string[] {
  const nameOf = ({ body }: Arrived): string => {
    const { rule, state } = body.data ?? body;
    return `${String(rule)} ${String(state)}`;
  };
  return arrived.filter((one) => one.host === host).map(nameOf);
}

/** An answer that never comes, until the sender gives up. */
export const stalls: Answer = (_, signal) =>
  new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));

/** Puts the receivers in the place of the network. */
export function openReceivers(): void {
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const { url, method, headers } = request;
    const text = await request.text();
    const host = new URL(url).hostname.replace(/\.test$/, "");
    const one = { host, url, method, headers, text, body: JSON.parse(text) as unknown };
    arrived.push(one);
    return await (answers.get(host)?.(one, request.signal) ?? new Response(null, { status: 204 }));
  });
}

export const stub = () => alertsOf(env);

/** An empty alerts object, and receivers that got nothing yet. */
export async function startEmpty(): Promise<void> {
  answers.clear();
  await runInDurableObject(stub(), async (_, state) => {
    await state.storage.deleteAlarm();
    for (const table of ["alerts", "deliveries", "holds", "outcomes", "told", "groups"])
      state.storage.sql.exec(`DELETE FROM ${table}`);
    state.storage.kv.delete("gateway-book");
  });
  await evictDurableObject(stub());
  arrived.length = 0;
}

export function sqlOfAlerts(statement: string): Promise<Record<string, SqlStorageValue>[]> {
  return runInDurableObject(stub(), (_, state) => state.storage.sql.exec(statement).toArray());
}

/** Lets the time pass that messages and webhooks wait for, and the alarm ring. */
export async function hurry(): Promise<void> {
  await sqlOfAlerts("DELETE FROM holds");
  await sqlOfAlerts("UPDATE deliveries SET next_ms = 0 WHERE dead_ms IS NULL");
  await runDurableObjectAlarm(stub());
}

const TIMES = { atMs: 1_790_000_000_000, sinceMs: 1_789_999_000_000 };

/** A change of a symbol's rule; the same arguments give the same change. */
export function change(
  rule: AlertChange["rule"],
  state: AlertChange["state"] = "firing",
  more: Partial<AlertChange> = {},
): AlertChange {
  const symbol = more.symbol ?? "BTC-USD";
  return {
    id: `${symbol}:${rule}:${TIMES.atMs}`,
    symbol,
    rule,
    state,
    severity: "warning",
    ...TIMES,
    summary: `${symbol}: something & <other>.`,
    figures: { share: 0.5, worst: "a,b", none: null },
    model: "c".repeat(64),
    ...more,
  };
}
