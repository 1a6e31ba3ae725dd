// Runs the Worker's cron triggers on time: `wrangler dev` does not.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Cron } from "croner";
import { parse } from "smol-toml";
import { ROOT } from "../local-gateway/wrangler-dev.ts";

/** The cron triggers of wrangler.toml; times are UTC, as on Cloudflare. */
export function cronTriggers(): string[] {
  const { triggers } = parse(readFileSync(join(ROOT, "wrangler.toml"), "utf8")) as { triggers: { crons: string[] } };
  return triggers.crons;
}

export interface CronBellOptions {
  readonly baseUrl: string;
  readonly crons: readonly string[];
  readonly signal: AbortSignal;
  /** Takes a sentence about a run that failed. */
  readonly note: (line: string) => void;
}

/** Calls the gateway's handler of each trigger when it is due, until the signal is aborted. */
export function ringCrons({ baseUrl, crons, signal, note }: CronBellOptions): void {
  for (const cron of crons) {
    const job = new Cron(cron, { timezone: "UTC", unref: true }, async () => {
      const failure = await ringCron(baseUrl, cron, signal);
      if (failure !== undefined && !signal.aborted) note(`cron ${cron}: ${failure}`);
    });
    signal.addEventListener("abort", () => job.stop(), { once: true });
  }
}

/** Runs a trigger's handler once; a sentence when it failed. */
export async function ringCron(baseUrl: string, cron: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const query = new URLSearchParams({ cron });
    const answer = await fetch(`${baseUrl}/cdn-cgi/handler/scheduled?${query}`, { signal });
    const text = await answer.text();
    return answer.ok ? undefined : `HTTP ${answer.status} ${text}`.trim();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
