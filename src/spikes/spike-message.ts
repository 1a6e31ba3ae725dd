// What a subscription is told: a symbol's probability rose above its threshold, or fell again.
import * as v from "valibot";
import { fields, finiteNumber, oneOf, wholeNumber } from "../schemas/schema-values.ts";

const text = v.string("a text");
const nullableFinite = v.nullable(finiteNumber());

/** As it is kept and crosses RPC. */
const spikeSchema = fields({
  subscription: text,
  state: oneOf(["rise", "fall"]),
  symbol: text,
  /** Grid index of the step, and of the rise that this is the end of; the same for a rise. */
  step: wholeNumber(0),
  riseStep: wholeNumber(0),
  /** End of the step, ms. */
  tsMs: finiteNumber(),
  probability: finiteNumber(0, 1),
  threshold: finiteNumber(0, 1),
  sigmaBps: nullableFinite,
  tauBps: nullableFinite,
  horizonMs: finiteNumber(0),
  /** SHA-256. */
  model: text,
});

export type Spike = Readonly<v.InferOutput<typeof spikeSchema>>;

/** `undefined` for what is none. */
export function parseSpike(value: unknown): Spike | undefined {
  const { success, output } = v.safeParse(spikeSchema, value);
  return success ? output : undefined;
}

/** The same message has the same id however often it is made. */
export function spikeId({ subscription, symbol, step, state }: Spike): string {
  return `${subscription}:${symbol}:${step}:${state}`;
}

/** The message in the names that receivers get. */
export function spikeMessage(spike: Spike): Readonly<Record<string, string | number | null>> {
  const { subscription, state, symbol, step, tsMs, probability, threshold, model } = spike;
  return {
    type: "spike",
    id: spikeId(spike),
    subscription,
    state,
    symbol,
    ts: tsMs,
    probability,
    threshold,
    sigma_bps: spike.sigmaBps,
    tau_bps: spike.tauBps,
    horizon_s: spike.horizonMs / 1000,
    prediction_id: `${symbol}:${step}:${model.slice(0, 12)}`,
    model,
  };
}
