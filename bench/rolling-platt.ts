// A line in log-odds, refitted at fixed times on the labels of the last days: a plain stand-in for what recalibrates.

const STEPS = 12;
/** Weight of the identity, in rows. */
const PRIOR_ROWS = 500;

/**
 * Each row's probability by the line of the rows whose labels were known at the last refit.
 * @param memorySteps rows that each fit takes. @param everySteps steps between two fits.
 */
export function rollingPlatt(
  {
    step,
    label,
    probability,
    horizonSteps,
  }: {
    readonly step: Float64Array;
    readonly label: Float64Array;
    readonly probability: Float64Array;
    readonly horizonSteps: number;
  },
  { memorySteps, everySteps }: { readonly memorySteps: number; readonly everySteps: number },
): Float64Array {
  const logits = probability.map(
    (p) => Math.log(Math.min(Math.max(p, 1e-6), 1 - 1e-6)) - Math.log1p(-Math.min(Math.max(p, 1e-6), 1 - 1e-6)),
  );
  const answered = new Float64Array(step.length);
  let line = { slope: 1, level: 0 };
  let fittedAt = -1;
  let [from, known] = [0, 0];
  for (let k = 0; k < step.length; k++) {
    const part = Math.floor(step[k]! / everySteps);
    if (part !== fittedAt) {
      fittedAt = part;
      while (known < k && step[known]! + horizonSteps <= step[k]!) known += 1;
      while (step[from]! < step[k]! - memorySteps) from += 1;
      line = fitted(logits.subarray(from, known), label.subarray(from, known), horizonSteps, line);
    }
    answered[k] = Math.fround(1 / (1 + Math.exp(-(line.slope * logits[k]! + line.level))));
  }
  return answered;
}

interface Line {
  readonly slope: number;
  readonly level: number;
}

function fitted(x: Float64Array, y: Float64Array, horizonSteps: number, start: Line): Line {
  let { slope, level } = start;
  const prior = PRIOR_ROWS;
  const weight = 1 / horizonSteps;
  for (let i = 0; i < STEPS; i++) {
    let [gs, gl, hss, hsl, hll] = [prior * 0.1 * (1 - slope), -prior * 0.01 * level, prior * 0.1, 0, prior * 0.01];
    for (let k = 0; k < x.length; k++) {
      const p = 1 / (1 + Math.exp(-(slope * x[k]! + level)));
      const [r, v] = [weight * (y[k]! - p), weight * p * (1 - p)];
      gs += r * x[k]!;
      gl += r;
      hss += v * x[k]! * x[k]!;
      hsl += v * x[k]!;
      hll += v;
    }
    const det = hss * hll - hsl * hsl;
    const [ds, dl] = [(hll * gs - hsl * gl) / det, (hss * gl - hsl * gs) / det];
    const most = Math.max(Math.abs(ds), Math.abs(dl));
    const damp = most > 0.5 ? 0.5 / most : 1;
    slope = Math.max(slope + damp * ds, 0.01);
    level += damp * dl;
    if (most < 1e-4) break;
  }
  return { slope, level };
}
