// What is stored of a grid's spikes: the detectors by subscription, and the messages on their way.
import * as v from "valibot";
import { parseOrThrow } from "../../../schemas/parse-or-throw.ts";
import { fields, finiteNumber, oneOf, wholeNumber } from "../../../schemas/schema-values.ts";
import type { DetectorState } from "../../../spikes/spike-detector.ts";
import { parseSpike, type Spike } from "../../../spikes/spike-message.ts";

const stateSchema = fields({
  phase: oneOf(["down", "held", "up"]),
  streak: wholeNumber(0),
  lastStep: wholeNumber(-1),
  riseStep: wholeNumber(-1),
  coolUntilMs: finiteNumber(),
});

const entrySchema = v.pipe(
  v.array(v.unknown(), "an id and a state"),
  v.transform(([id, state]) => ({ id, state })),
  fields({ id: v.string("a text"), state: stateSchema }),
);

const storedSchema = fields({ detectors: v.array(entrySchema, "a list"), waiting: v.array(v.unknown(), "a list") });

/** @throws TypeError for another form. */
export function parseStoredSpikes(value: unknown): {
  readonly detectors: readonly (readonly [string, DetectorState])[];
  readonly waiting: readonly Spike[];
} {
  const refuse = (text: string): TypeError => new TypeError(text);
  const { detectors, waiting } = parseOrThrow(storedSchema, value, { name: "spikes", refuse });
  return {
    detectors: detectors.map(({ id, state }) => [id, state] as const),
    waiting: waiting.flatMap((one) => parseSpike(one) ?? []),
  };
}
