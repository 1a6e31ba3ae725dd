import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LABEL, LabelWindow } from "../../src/features/label-window.ts";
import { StateReader, StateWriter } from "../../src/features/state-buffer.ts";

/** The answer at step i, for the step `horizon` before it, from the whole history of one segment. */
function naive(taus: readonly number[], volatilities: readonly number[], i: number, horizon: number): number {
  const tau = taus[i - horizon];
  if (tau === undefined || Number.isNaN(tau)) return LABEL.none;
  const volatility = volatilities[i]!;
  if (Number.isNaN(volatility)) return LABEL.void;
  return volatility > tau ? LABEL.spike : LABEL.calm;
}

const LEVEL = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 3 }) }, fc.constant(NaN));
const STEPS = fc.array(fc.tuple(LEVEL, LEVEL), { maxLength: 60, size: "max" });

describe("LabelWindow", () => {
  it("labels the step one horizon before, at every step", () => {
    fc.assert(
      fc.property(STEPS, fc.integer({ min: 1, max: 9 }), (steps, horizon) => {
        const window = new LabelWindow(horizon);
        const taus = steps.map(([tau]) => tau);
        const volatilities = steps.map(([, volatility]) => volatility);
        steps.forEach(([tau, volatility], i) => {
          expect(window.update(tau, volatility)).toBe(naive(taus, volatilities, i, horizon));
        });
      }),
    );
  });

  it("calls a spike only what is strictly greater than the threshold", () => {
    const window = new LabelWindow(1);
    expect(window.update(2, 9)).toBe(LABEL.none);
    expect(window.update(2, 2)).toBe(LABEL.calm);
    expect(window.update(2, 2.0000001)).toBe(LABEL.spike);
  });

  it("voids a horizon with holes, but says none where there was no threshold", () => {
    const window = new LabelWindow(1);
    window.update(NaN, 1);
    expect(window.update(3, NaN)).toBe(LABEL.none);
    expect(window.update(3, NaN)).toBe(LABEL.void);
  });

  it("gives no label across a reset", () => {
    const window = new LabelWindow(2);
    for (let i = 0; i < 5; i++) window.update(1, 5);
    window.reset();
    expect([window.update(1, 5), window.update(1, 5), window.update(1, 5)]).toEqual([
      LABEL.none,
      LABEL.none,
      LABEL.spike,
    ]);
  });

  it("continues after a snapshot taken anywhere", () => {
    fc.assert(
      fc.property(STEPS, fc.nat(60), (steps, cut) => {
        const whole = new LabelWindow(4);
        for (const [tau, volatility] of steps.slice(0, cut)) whole.update(tau, volatility);
        const to = new StateWriter();
        whole.save(to);
        const copy = new LabelWindow(4);
        copy.load(new StateReader(to.finish(null)));
        for (const [tau, volatility] of steps.slice(cut)) {
          expect(copy.update(tau, volatility)).toBe(whole.update(tau, volatility));
        }
      }),
    );
  });
});
