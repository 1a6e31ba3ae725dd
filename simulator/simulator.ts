// A simulated market for demonstrations and load: seeded, with clustered volatility, bursts, jumps and a live order
// book. It is no evidence of a model's quality: figures come from recordings only.
import { symbolKey } from "../src/features/symbol-name.ts";
import type { Tick } from "../src/features/tick.ts";
import { RandomDeviates } from "./random-deviates.ts";
import { SimulatedArrivals } from "./simulated-arrivals.ts";
import { SimulatedBook } from "./simulated-book.ts";
import {
  assertChanges,
  assertPriceLevel,
  completeDynamics,
  type DynamicsChange,
  type PriceLevelChange,
  USUAL_DYNAMICS,
} from "./simulated-dynamics.ts";
import { SimulatedVolatility } from "./simulated-volatility.ts";

const START_PRICES: Readonly<Record<string, number>> = { BTC: 95_000, ETH: 3_300, SOL: 180, LTC: 90 };
const DEFAULT_START_PRICE = 100;
/** Size of a jump in standard deviations of one second: a floor and an exponential tail. */
const JUMP_SIGMAS = { least: 4, tail: 4 };
const LOWEST_CENTS = 2;

export interface SimulatorOptions {
  readonly seed: number;
  readonly symbol: string;
  /** No tick is older than this, ms since 1970 UTC. */
  readonly fromMs: number;
  /** Price to go on from; without it a usual one for the symbol, e.g. 95,000 for BTC-USD. */
  readonly startPrice?: number | undefined;
  /** Changes of the dynamics, in order of time. Up to the first the stream is the same as without them. */
  readonly dynamics?: readonly DynamicsChange[] | undefined;
  /** A change of the price level alone. */
  readonly priceLevel?: PriceLevelChange | undefined;
}

/**
 * An endless stream of ticks, the same for the same options. The stream depends on `fromMs` too, so a feed that goes on
 * after a restart does not repeat the phase it began with.
 *
 * Example: `new MarketSimulator({ seed: 7, symbol: "BTC-USD", fromMs: 1_764_547_200_000 }).next()`.
 */
export class MarketSimulator {
  readonly symbol: string;
  private readonly random: RandomDeviates;
  private readonly volatility: SimulatedVolatility;
  private readonly arrivals: SimulatedArrivals;
  private readonly book: SimulatedBook;
  /** Changes still to come. */
  private readonly changes: DynamicsChange[];
  private priceLevel: PriceLevelChange | undefined;
  private dynamics = USUAL_DYNAMICS;
  private priceFactor = 1;
  private clockMs: number;
  private fairCents: number;
  private pending: Tick | undefined;

  constructor(options: SimulatorOptions) {
    const { seed, fromMs } = options;
    const symbol = symbolKey(options.symbol);
    const startPrice = options.startPrice ?? START_PRICES[symbol?.split("-")[0] ?? ""] ?? DEFAULT_START_PRICE;
    if (!Number.isSafeInteger(seed)) throw new RangeError(`seed: got ${seed}, expected a whole number`);
    if (symbol === undefined) throw new RangeError(`symbol: got ${options.symbol}, expected a name like BTC-USD`);
    if (!Number.isFinite(fromMs)) throw new RangeError(`fromMs: got ${fromMs}, expected ms since 1970 UTC`);
    if (!(startPrice > 0 && startPrice < 1e12)) {
      throw new RangeError(`startPrice: got ${startPrice}, expected a number above 0 and below 1e12`);
    }
    this.changes = [...(options.dynamics ?? [])];
    this.priceLevel = options.priceLevel;
    assertChanges(this.changes);
    if (this.priceLevel !== undefined) assertPriceLevel(this.priceLevel);
    this.symbol = symbol;
    this.random = new RandomDeviates(`${seed}:${symbol}:${fromMs}`);
    this.volatility = new SimulatedVolatility(this.random);
    this.arrivals = new SimulatedArrivals(this.random);
    this.book = new SimulatedBook(this.random);
    this.clockMs = fromMs;
    this.fairCents = startPrice * 100;
  }

  /** The next tick; its `tsMs` is never below the one before. */
  next(): Tick {
    const tick = this.pending ?? this.make();
    this.pending = undefined;
    return tick;
  }

  /** All ticks not yet handed out that are older than `untilMs`, in order; none when there is no such tick. */
  advanceTo(untilMs: number): Tick[] {
    const ticks: Tick[] = [];
    for (;;) {
      this.pending ??= this.make();
      if (this.pending.tsMs >= untilMs) return ticks;
      ticks.push(this.pending);
      this.pending = undefined;
    }
  }

  private make(): Tick {
    const { volatility } = this;
    const startCents = this.fairCents;
    let elapsedMs = 0;
    for (let ticked = false; !ticked;) {
      this.applyChanges(this.clockMs + elapsedMs);
      const wait = this.arrivals.wait(volatility.ratio);
      this.diffuse(wait.waitMs);
      elapsedMs += wait.waitMs;
      ticked = wait.ticked;
    }
    this.clockMs += elapsedMs;
    const sigmaBps = volatility.sigmaBps;
    const moveBps = Math.log(this.fairCents / startCents) * 10_000;
    const tick = this.book.tick({
      symbol: this.symbol,
      tsMs: Math.ceil(this.clockMs),
      elapsedMs,
      fairCents: this.fairCents,
      moveSigmas: moveBps / sigmaBps,
      sigmaBps,
      volatilityRatio: volatility.ratio,
      spreadReaction: this.dynamics.spreadReaction,
    });
    const { priceFactor } = this;
    if (priceFactor === 1) return tick;
    return { ...tick, price: tick.price * priceFactor, bid: tick.bid * priceFactor, ask: tick.ask * priceFactor };
  }

  /** Applies the changes due at `nowMs`. A halt only advances the clock. */
  private applyChanges(nowMs: number): void {
    for (let next = this.changes[0]; next !== undefined && next.fromMs <= nowMs; next = this.changes[0]) {
      this.changes.shift();
      this.dynamics = completeDynamics(next.dynamics);
      this.volatility.change(this.dynamics);
    }
    const level = this.priceLevel;
    if (level === undefined || nowMs < level.fromMs) return;
    this.priceLevel = undefined;
    this.priceFactor = level.factor;
    this.clockMs += level.haltMs ?? 0;
  }

  private diffuse(waitMs: number): void {
    const { random, volatility } = this;
    const seconds = waitMs / 1000;
    volatility.advance(waitMs);
    let moveBps = volatility.sigmaBps * Math.sqrt(seconds) * random.normal();
    if (random.uniform() < 1 - Math.exp(-(this.dynamics.jumpsPerHour / 3600) * volatility.ratio * seconds)) {
      const sigmas = JUMP_SIGMAS.least + JUMP_SIGMAS.tail * random.exponential();
      moveBps += (random.uniform() < 0.5 ? -1 : 1) * sigmas * volatility.sigmaBps;
      volatility.kick();
      this.arrivals.kick();
    }
    this.fairCents = Math.max(LOWEST_CENTS, this.fairCents * Math.exp(moveBps / 10_000));
  }
}

/** The ticks of a symbol with `fromMs` ≤ ts < `toMs`. */
export function* simulateTicks(options: SimulatorOptions & { readonly toMs: number }): Generator<Tick, void, void> {
  const simulator = new MarketSimulator(options);
  for (let tick = simulator.next(); tick.tsMs < options.toMs; tick = simulator.next()) yield tick;
}
