// Simulated rows whose true figures are known: a market of rare spikes that come in runs, and three forecasts of them.
import { RandomDeviates } from "../simulator/random-deviates.ts";

/** Rows of a block: 900 steps with a row every 30. */
const BLOCK_ROWS = 30;
/** Autocorrelation of volatility from row to row: a quarter of an hour holds seven correlation times. */
const PERSISTENCE = 0.75;
/** A spike is a sum of two standard normal variables above this: 1.2 % of rows. */
const THRESHOLD = 3.2;
/** Variance of the noise in what the worse forecast sees. */
const NOISE = 0.49;
/** Rows without a spike that end an episode. */
const EPISODE_GAP = 2;

export interface SimulatedMarket {
  readonly labels: Uint8Array;
  readonly blocks: Int32Array;
  readonly episodes: number;
  /** Sees volatility as it is; calibrated. */
  readonly model: Float32Array;
  /** The model's, squeezed and lowered on the scale of logits: it ranks alike, but is not calibrated. */
  readonly squeezed: Float32Array;
  /** Sees volatility through noise; calibrated. */
  readonly reference: Float32Array;
}

/** Volatility, the rest of what makes a spike, and the noise of the reference are AR(1) series. */
export function coverageMarket(seed: string, blockCount: number): SimulatedMarket {
  const random = new RandomDeviates(seed);
  const rows = blockCount * BLOCK_ROWS;
  const fresh = Math.sqrt(1 - PERSISTENCE ** 2);
  const market = {
    labels: new Uint8Array(rows),
    blocks: Int32Array.from({ length: rows }, (_, k) => Math.floor(k / BLOCK_ROWS)),
    model: new Float32Array(rows),
    squeezed: new Float32Array(rows),
    reference: new Float32Array(rows),
  };
  let [volatility, rest, noise] = [random.normal(), random.normal(), random.normal()];
  let episodes = 0;
  let lastSpike = -Infinity;
  for (let k = 0; k < rows; k++) {
    volatility = PERSISTENCE * volatility + fresh * random.normal();
    rest = PERSISTENCE * rest + fresh * random.normal();
    noise = PERSISTENCE * noise + fresh * random.normal();
    if (volatility + rest > THRESHOLD) {
      market.labels[k] = 1;
      if (k - lastSpike > EPISODE_GAP) episodes += 1;
      lastSpike = k;
    }
    const p = normalShare(volatility - THRESHOLD);
    const seen = (volatility + Math.sqrt(NOISE) * noise) / (1 + NOISE);
    market.model[k] = p;
    market.squeezed[k] = 1 / (1 + Math.exp(0.2 - 0.8 * Math.log(p / (1 - p))));
    market.reference[k] = normalShare((seen - THRESHOLD) / Math.sqrt(2 - 1 / (1 + NOISE)));
  }
  return { ...market, episodes };
}

/** The standard normal distribution function (Abramowitz and Stegun 26.2.17, error below 7.5e-8). */
function normalShare(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = 0.3989422804014327 * Math.exp((-x * x) / 2) * series;
  return x > 0 ? 1 - tail : Math.max(tail, 1e-9);
}
