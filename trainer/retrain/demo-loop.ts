// The phases of the demonstration, one after the other, on a running gateway and market.
import { setTimeout as sleep } from "node:timers/promises";
import { hourVerdicts, liveFigures, liveFiguresText, percentText, verdictsText } from "./demo-figures.ts";
import { DEMO_BY, DemoModels, type DemoModelsParts } from "./demo-models.ts";
import { hasRecovered, type Recovery, tellRecovery } from "./demo-recovery.ts";
import { gateWarning, makeChallenger } from "./make-challenger.ts";
import { shortSha } from "./retrain-run.ts";
import type { TrainedModels } from "./trained-models.ts";
import { evidenceText } from "./watch-experiment.ts";
import type { WebhookReceiver } from "./webhook-receiver.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Days of the new market that a model is trained on; its gate needs enough episodes. */
const NEW_MARKET_DAYS = { least: 2, most: 4 };
/** Days after which the demonstration stops waiting for the rule. */
const RULE_DAYS = 4;

export interface DemoParts extends DemoModelsParts {
  readonly receiver: WebhookReceiver;
  readonly days: number;
  /** Event time at which the market begins and at which it changes. */
  readonly fromMs: number;
  readonly changeMs: number;
}

export class DemoLoop {
  private readonly parts: DemoParts;
  private readonly models: DemoModels;
  private readonly recovery: Recovery = {};

  constructor(parts: DemoParts) {
    this.parts = parts;
    this.models = new DemoModels(parts);
  }

  /**
   * Runs every phase; returns whether drift was alerted, the rule promoted and quality recovered.
   * @throws what its stages throw: a lost gateway, or data from which no model can be trained.
   */
  async run(): Promise<boolean> {
    const { fromMs, days, line } = this.parts;
    await this.feed(fromMs + days * DAY_MS, "the market as it was");
    const first = await this.firstChampion();
    await this.calmDay(first);
    const told = await this.driftAlert();
    const second = await this.challenger();
    const promoted = second !== undefined && (await this.ruleDecides(first, second));
    if (promoted) {
      await this.dayAfter(second);
      await this.rollBackAndForth(first, second);
    }
    tellRecovery(line, this.recovery);
    return told && promoted && hasRecovered(this.recovery);
  }

  /** (a) The first model, of the archive that the gateway has written meanwhile. */
  private async firstChampion(): Promise<TrainedModels> {
    const { line, market } = this.parts;
    const trained = await this.models.train(undefined, ["--test-share", "0.25"]);
    line.add("drift reference", { eventMs: market.clockMs, figures: driftReferenceText(trained) });
    await this.models.promote(trained, "first model");
    return trained;
  }

  /** (b) A day like those before: false alarms would show here. */
  private async calmDay(first: TrainedModels): Promise<void> {
    const { admin, market, line, receiver, changeMs } = this.parts;
    const alertsBefore = receiver.alerts.length;
    const fromMs = market.clockMs;
    await this.feed(changeMs, "a calm day");
    await this.settle();
    const hours = await hourVerdicts(admin, market.symbol, fromMs, changeMs);
    line.add("drift on the calm day", {
      eventMs: changeMs,
      figures: `${verdictsText(hours)}; ${receiver.alerts.length - alertsBefore} alerts at the webhook`,
    });
    this.recovery.before = await liveFigures(admin, market.symbol, shaOf(first));
    line.add("live quality, last 24 h", { eventMs: changeMs, figures: liveFiguresText(this.recovery.before) });
  }

  /** (c) The market changes; hours are fed until the alert is at the webhook, a day at most. Whether it came. */
  private async driftAlert(): Promise<boolean> {
    const { admin, market, line, receiver, changeMs } = this.parts;
    line.add("THE MARKET CHANGES", {
      eventMs: changeMs,
      figures: "bursts are stronger and over within seconds, phases within minutes; the spread exaggerates",
    });
    const firing = () =>
      receiver.alerts.find(({ rule, state, figures }) => {
        return rule === "drift" && state === "firing" && Number(figures["window_end_ms"]) > changeMs;
      });
    for (let hour = 1; hour <= 24 && firing() === undefined; hour++) {
      await market.feedTo(changeMs + hour * HOUR_MS);
      await this.settle();
    }
    const alert = firing();
    if (alert === undefined) {
      line.add("no drift alert within a day", { eventMs: market.clockMs });
      return false;
    }
    const delayMs = Number(alert.figures["window_end_ms"]) - changeMs;
    const [lastCalm] = await hourVerdicts(admin, market.symbol, changeMs - HOUR_MS, changeMs);
    // The alert rule requires two windows in a row.
    const lucky = delayMs <= HOUR_MS ? `; the calm hour before had the verdict ${lastCalm?.verdict ?? "unknown"}` : "";
    line.add("delay of the drift alert", {
      eventMs: market.clockMs,
      figures: `${delayMs / HOUR_MS} h of event time after the change, two windows of an hour in a row${lucky}`,
    });
    return true;
  }

  /** (d) A model of the new market alone, in shadow. */
  private async challenger(): Promise<TrainedModels | undefined> {
    const { admin, market, line } = this.parts;
    const trained = await this.newModel();
    const challenge = await makeChallenger(admin, trained, true);
    if (!challenge.ok) {
      line.add("no challenger", { eventMs: market.clockMs, figures: challenge.why });
      return undefined;
    }
    line.add(`challenger ${shortSha(shaOf(trained))} in shadow`, {
      eventMs: market.clockMs,
      figures: challenge.warning ?? "the rule may promote it",
    });
    return trained;
  }

  /** Trains on up to two days more until a model passes its gate, because the rule promotes no other. */
  private async newModel(): Promise<TrainedModels> {
    const { market, line, changeMs } = this.parts;
    for (let days = NEW_MARKET_DAYS.least; ; days++) {
      await this.feed(changeMs + days * DAY_MS, `the new market, ${days} days of it by now`);
      const trained = await this.models.train(changeMs, ["--test-share", "0.6"]);
      const warning = gateWarning(trained.chosen);
      if (warning === undefined || days === NEW_MARKET_DAYS.most) return trained;
      line.add("not made challenger: a day more of the market, then again", {
        eventMs: market.clockMs,
        figures: warning,
      });
    }
  }

  /** (e) Evaluates the rule after every quarter of a day, as the cron does every quarter of an hour. */
  private async ruleDecides(first: TrainedModels, second: TrainedModels): Promise<boolean> {
    const { admin, market, line } = this.parts;
    const untilMs = market.clockMs + RULE_DAYS * DAY_MS;
    while (market.clockMs < untilMs) {
      await market.feedTo(market.clockMs + 6 * HOUR_MS);
      this.recovery.after = await liveFigures(admin, market.symbol, shaOf(first));
      this.recovery.shadow = await liveFigures(admin, market.symbol, shaOf(second));
      const status = await admin.evaluate();
      const figures = evidenceText(status);
      if (status.promoted) {
        line.add(`PROMOTED BY THE RULE: champion ${shortSha(shaOf(second))}`, { eventMs: market.clockMs, figures });
        return true;
      }
      const why = status.notPromoted ?? (status.code === "wait" ? "" : `${status.code}: ${status.missing.join("; ")}`);
      line.add("experiment", { eventMs: market.clockMs, figures: why === "" ? figures : `${figures}; ${why}` });
    }
    line.add(`not promoted within ${RULE_DAYS} days`, { eventMs: market.clockMs });
    return false;
  }

  /** (f) A day under the new champion. */
  private async dayAfter(second: TrainedModels): Promise<void> {
    const { admin, market, line } = this.parts;
    await this.feed(market.clockMs + DAY_MS, "a day under the new champion");
    await this.settle();
    this.recovery.promoted = await liveFigures(admin, market.symbol, shaOf(second));
    const hours = await hourVerdicts(admin, market.symbol, market.clockMs - DAY_MS, market.clockMs);
    line.add("drift against the new champion's training", { eventMs: market.clockMs, figures: verdictsText(hours) });
  }

  /** (g) Back to the old champion at once, and forward again; both are in the history. */
  private async rollBackAndForth(first: TrainedModels, second: TrainedModels): Promise<void> {
    const { admin, market, line } = this.parts;
    const restored = await admin.rollBack(DEMO_BY, "shows that a promotion can be undone");
    line.add(`rolled back: champion ${shortSha(restored)}`, {
      eventMs: market.clockMs,
      figures: restored === shaOf(first) ? "the one before" : `expected ${shortSha(shaOf(first))}`,
    });
    await this.models.promote(second, "promoted again after the rollback");
    const history = (await admin.history()).filter(({ alias }) => alias === "champion");
    for (const { at, from, to, by, reason } of history.reverse()) {
      const change = `${shortSha(from ?? undefined)} → ${shortSha(to ?? undefined)}`;
      line.add("history", {
        figures: `${at.slice(11, 19)} champion ${change} by ${by}: ${reason ?? "no reason given"}`,
      });
    }
  }

  private async feed(untilMs: number, what: string): Promise<void> {
    const { market, line } = this.parts;
    const { ticks, fedMs } = market;
    await market.feedTo(untilMs);
    const [fed, ms] = [market.ticks - ticks, market.fedMs - fedMs];
    line.add(`fed ${what}`, { eventMs: untilMs, figures: `${fed} ticks, ${Math.round((1000 * fed) / ms)} a second` });
  }

  /** Waits for the webhooks, which are called in the background after the answers. */
  private async settle(): Promise<void> {
    await sleep(300);
  }
}

function shaOf({ chosen }: TrainedModels): string {
  return chosen.manifest.onnxSha256;
}

function driftReferenceText({ report }: TrainedModels): string {
  const hours = report.driftReference?.windows.find(({ name }) => name === "1h");
  if (hours === undefined) return "none";
  const { nullWindows, alpha, thresholds, datasetShare, reason } = hours;
  const limit = thresholds === null ? `uncalibrated: ${reason}` : `limit ${percentText(datasetShare)} of the features`;
  return `${nullWindows} training hours, stated false-alarm rate ${percentText(alpha)}, ${limit}`;
}
