// A gateway with one webhook of each kind for the tests of its alerts, and what an operator asks of it.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, vi } from "vitest";
import { openReceivers, stub, WEBHOOKS } from "./alert-receiver.ts";
import { fetchWith } from "./gateway.ts";

export const VARIABLES = {
  ALERT_WEBHOOKS: JSON.stringify(WEBHOOKS),
  GATEWAY_NAME: "edge-1",
  WEBHOOK_DEADLINE_MS: "300",
  WEBHOOK_BACKOFF_MS: "100000",
};

export const status = (code: number, headers: Record<string, string> = {}) =>
  vi.fn(() => new Response(`body of ${code}`, { status: code, headers }));

export const until = (check: () => unknown) => vi.waitFor(check, { timeout: 5000, interval: 10 });

export const admin = (path: string, init?: RequestInit) => fetchWith(VARIABLES, `/admin/alerts${path}`, init);

export const post = (path: string, body: unknown = {}) => admin(path, { method: "POST", body: JSON.stringify(body) });

export const metricsNow = async () => (await fetchWith(VARIABLES, "/metrics")).body as string;

export const deadNow = async () => (await admin("/dead-letters")).body.dead_letters;

/** Gives the loaded object other variables, as a deployment would; gone when it is loaded again. */
export async function configure(variables: Record<string, string>): Promise<void> {
  await runInDurableObject(stub(), (object) => {
    Object.assign(object, { env: { ...env, ...variables } });
  });
}

/** Gives the gateway of a test file the webhooks, and receivers in the place of the network. */
export function useReceivers(): void {
  beforeAll(() => {
    openReceivers();
    Object.assign(env, VARIABLES);
  });
  afterAll(() => {
    vi.restoreAllMocks();
    for (const name of Object.keys(VARIABLES)) Reflect.deleteProperty(env, name);
  });
}
