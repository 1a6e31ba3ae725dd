// Runs the Worker's cron triggers on time: `wrangler dev` does not.
import { Cron } from "croner";
import { readGatewayFacts } from "./gateway-facts.ts";
import { ROOT } from "./wrangler-dev.ts";

/** The cron triggers of wrangler.toml; times are UTC, as on Cloudflare. */
export function cronTriggers(): readonly string[] {
  return readGatewayFacts(ROOT).crons;
}

export interface CronBellOptions {
  /** Runs a trigger's handler once; answers a sentence when it failed. */
  readonly ring: (cron: string) => Promise<string | undefined>;
  readonly crons: readonly string[];
  readonly signal: AbortSignal;
  /** Takes a sentence about a run that failed. */
  readonly note: (line: string) => void;
}

/** Calls the gateway's handler of each trigger when it is due, until the signal is aborted. */
export function ringCrons({ ring, crons, signal, note }: CronBellOptions): void {
  for (const cron of crons) {
    const job = new Cron(cron, { timezone: "UTC", unref: true }, async () => {
      const failure = await ring(cron);
      if (failure !== undefined && !signal.aborted) note(`cron ${cron}: ${failure}`);
    });
    signal.addEventListener("abort", () => job.stop(), { once: true });
  }
}

/** Runs a trigger's handler once in `wrangler dev`; a sentence when it failed. */
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
