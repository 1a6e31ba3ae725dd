// `npm run retrain -- --demo`: the whole loop on this machine. A simulated market changes its dynamics, drift is
// detected, a model is trained on the new market, compared in shadow, promoted by the rule, and quality recovers.
import { randomBytes } from "node:crypto";
import { type DynamicsChange, REGIME_CHANGE, USUAL_DYNAMICS } from "../../simulator/simulated-dynamics.ts";
import { EXIT } from "../../command-line/exit-code.ts";
import { onSignal } from "../../command-line/on-signal.ts";
import { TemporaryFolder } from "../../command-line/temporary-folder.ts";
import { DemoGateway } from "./demo-gateway.ts";
import { DemoLoop, type DemoParts } from "./demo-loop.ts";
import { DemoMarket } from "./demo-market.ts";
import { GatewayAdmin } from "./gateway-admin.ts";
import type { DemoOptions } from "./retrain-options.ts";
import { TimeLine } from "./time-line.ts";
import { type ReceivedAlert, WebhookReceiver } from "./webhook-receiver.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const SYMBOL = "BTC-USD";
/** At most: a calm day, four of the new market until it is learned, four for the rule, one after. */
const DAYS_AFTER_TRAINING = 10;

/**
 * `REGIME_CHANGE`, but with calm and wild phases of some ten minutes. After the full change nothing can be forecast:
 * the gate then rightly refuses every model, and the rule promotes none.
 */
const NEW_DYNAMICS = {
  ...REGIME_CHANGE,
  slowDeviation: 1.5 * USUAL_DYNAMICS.slowDeviation,
  slowRelaxationMs: 10 * 60_000,
};

/** Runs it and prints the time line twice, as it happens and as a table; returns the exit code. */
export async function runDemonstration(
  { days, seed, keep }: DemoOptions,
  print: (line: string) => void,
): Promise<number> {
  const startedMs = performance.now();
  const line = new TimeLine(print);
  const secret = randomBytes(24).toString("hex");
  const receiver = new WebhookReceiver(secret, (alert) => tellAlert(line, alert));
  const out = new TemporaryFolder("volgate-demo-out-");
  let gateway: DemoGateway | undefined;
  let interrupted: number | undefined;
  // Killed by the exit, wrangler would leave folders of its own.
  const stopListening = onSignal((code, count) => {
    if (count > 1) process.exit(code);
    interrupted = code;
    print("interrupted: stopping");
    void (gateway?.stop() ?? Promise.resolve()).finally(() => process.exit(code));
  });
  try {
    const webhook = { url: await receiver.start(), secret };
    gateway = await DemoGateway.start({ webhook, keep, note: (text) => console.error(`  ${text}`) });
    const complete = await simulate({ days, seed }, { gateway, receiver, line, out: out.path });
    line.add("done", { figures: `${((performance.now() - startedMs) / 1000).toFixed(0)} s in all` });
    return complete ? EXIT.done : EXIT.failed;
  } catch (error) {
    // The gateway that is being stopped does not answer any more.
    if (interrupted === undefined) throw error;
    return interrupted;
  } finally {
    stopListening();
    print("");
    line.table().forEach(print);
    await gateway?.stop();
    await receiver.stop();
    await out.remove();
    if (keep && gateway !== undefined) print(`kept: ${gateway.folder}`);
  }
}

/** Feeds the market from its beginning to its end; returns what `DemoLoop.run` returns. */
async function simulate(
  { days, seed }: Pick<DemoOptions, "days" | "seed">,
  { gateway, ...parts }: Pick<DemoParts, "receiver" | "line" | "out"> & { readonly gateway: DemoGateway },
): Promise<boolean> {
  const { baseUrl, folder: persist } = gateway;
  // On the hour, as drift's windows are, and so early that the last tick is not in the future.
  const fromMs = Math.floor((Date.now() - (days + DAYS_AFTER_TRAINING) * DAY_MS) / HOUR_MS - 1) * HOUR_MS;
  const changeMs = fromMs + (days + 1) * DAY_MS;
  const dynamics: DynamicsChange[] = [{ fromMs: changeMs, dynamics: NEW_DYNAMICS }];
  const market = new DemoMarket({ baseUrl, symbol: SYMBOL, seed, fromMs, dynamics });
  parts.line.add("wrangler dev answers; a simulated market begins", {
    eventMs: fromMs,
    figures: `${SYMBOL}, seed ${seed}`,
  });
  const admin = new GatewayAdmin(baseUrl, undefined);
  const complete = await new DemoLoop({ ...parts, admin, market, persist, days, fromMs, changeMs }).run();
  const rate = Math.round((1000 * market.ticks) / market.fedMs);
  const figures = `${market.ticks} ticks, none left out, ${rate} a second`;
  parts.line.add("fed in all", { eventMs: market.clockMs, figures });
  return complete;
}

/** Dates the alert at the end of its window; the message arrives some batches later. */
function tellAlert(line: TimeLine, { rule, state, summary, figures }: ReceivedAlert): void {
  const endMs = figures["window_end_ms"];
  line.add(`ALERT ${rule} ${state}, signed, at the webhook`, {
    eventMs: typeof endMs === "number" ? endMs : null,
    figures: summary,
  });
}
