// Messages with ticks: every native format, volgate's own rows, the venues' streams and their REST services.
import { isRejection, parseTick } from "../../src/features/tick.ts";
import { DEFAULT_TICK_RULES } from "../../src/features/tick.ts";
import { FoundTrades } from "../../src/markets/history/found-trades.ts";
import { VENUE_HISTORIES } from "../../src/markets/history/venue-histories.ts";
import { VenueAnswerError } from "../../src/markets/history/venue-history.ts";
import { FEED_VENUES, type FeedVenue } from "../../src/markets/feed/venue-protocol.ts";
import { FeedSession } from "../../src/markets/feed/feed-session.ts";
import { VENUE_PROTOCOLS } from "../../src/markets/feed/venue-protocols.ts";
import { readMessage, withReceiveTime } from "../../src/markets/message.ts";
import { NATIVE_FORMATS, type NativeFormat } from "../../src/markets/native-formats.ts";
import { VENUE_ANSWERS } from "../corpus/venue-answers.ts";
import { FORMAT_OF_VENUE, NATIVE_MESSAGES, OWN_MESSAGES } from "../corpus/venue-messages.ts";
import { demand, type FuzzInput, type FuzzTarget, type Outcome } from "../fuzz-target.ts";
import { mutatedJson } from "../mutate/json.ts";
import { parsedJson } from "../parsed-json.ts";
import { NOW_MS, requirePlausible, requireVerdict } from "../plausible-tick.ts";

/** Messages as a sender posts them; with the name of the format, and without. */
function readTicks(input: FuzzInput, format: NativeFormat | undefined): Outcome {
  const value = parsedJson(input);
  let accepted = 0;
  for (const name of format === undefined ? [undefined] : [format, undefined]) {
    const found = readMessage(value, name);
    if (found === undefined || "formats" in found) continue;
    for (const message of found.inputs) {
      if (requireVerdict(parseTick(withReceiveTime(message, found.receivedMs ?? NOW_MS), NOW_MS))) accepted += 1;
    }
  }
  if (requireVerdict(parseTick(value, NOW_MS))) accepted += 1;
  return accepted > 0 ? "accepted" : "refused";
}

const FORMATS: readonly FuzzTarget[] = NATIVE_FORMATS.map((format) => ({
  ...{ name: `messages/${format}`, weight: 1 },
  make: (random) => mutatedJson(NATIVE_MESSAGES[format], random),
  run: (input) => readTicks(input, format),
}));

const OWN: FuzzTarget = {
  ...{ name: "messages/own", weight: 2 },
  make: (random) => mutatedJson(OWN_MESSAGES, random),
  run: (input) => readTicks(input, undefined),
};

/** Messages as a feed hears them: what it cannot read is counted, never an exception. */
function streamOf(venue: FeedVenue): FuzzTarget {
  const messages = NATIVE_MESSAGES[FORMAT_OF_VENUE[venue]];
  const products = ["BTC-USD", "ETH-USD", "BTCUSDT", "BNBUSDT", "MATIC/USD", "ALGO/USD", "BTC-USDT", "BTC/USD"];
  return {
    ...{ name: `streams/${venue}`, weight: 0.5 },
    make: (random) => mutatedJson(messages, random),
    run: (input) => {
      let ticks = 0;
      for (const protocol of VENUE_PROTOCOLS[venue]) {
        protocol.read(parsedJson(input) ?? input);
        const effects = { connect: () => undefined, send: () => undefined, close: () => undefined };
        const session = new FeedSession(protocol, effects, { rules: DEFAULT_TICK_RULES, random: () => 0.5 }, NOW_MS);
        session.follow(new Map(products.map((product) => [product, `${product}@${venue}`])), NOW_MS);
        session.opened(NOW_MS);
        session.received(input, NOW_MS);
        for (const tick of [...session.take(NOW_MS + 60_000, true).values()].flat()) {
          requirePlausible(tick);
          ticks += 1;
        }
        const { lastFault } = session.status();
        demand(
          lastFault === null || lastFault.text.length < 2_000,
          () => `a fault of ${lastFault!.text.length} characters`,
        );
      }
      return ticks > 0 ? "accepted" : "refused";
    },
  };
}

/** Answers of a venue's REST service: read, or refused as `VenueAnswerError`. */
function answersOf(venue: FeedVenue): FuzzTarget {
  const { candles, trades } = VENUE_ANSWERS[venue];
  const history = VENUE_HISTORIES[venue];
  return {
    ...{ name: `answers/${venue}`, weight: 0.5 },
    make: (random) => mutatedJson([...candles, ...trades], random),
    run: (input) => {
      const answer = parsedJson(input);
      const bars = unlessRefused(() => history.readCandles(answer)) ?? [];
      for (const bar of bars) {
        if (bar === undefined) continue;
        const { startMs, open, high, low, close } = bar;
        const isBar = low > 0 && low <= open && low <= close && open <= high && close <= high && high < Infinity;
        demand(isBar && Number.isSafeInteger(startMs), () => `read the candle ${JSON.stringify(bar)}`);
      }
      const found = new FoundTrades();
      const plan = history.trades("BTC-USD", NOW_MS - 60_000, found);
      plan.next();
      unlessRefused(() => plan.next(answer));
      const ticks = found.sorted().map(({ input: tick }) => parseTick({ ...tick, symbol: "BTC-USD" }, NOW_MS));
      ticks.forEach(requireVerdict);
      const taken = bars.some((bar) => bar !== undefined) || ticks.some((tick) => !isRejection(tick));
      return taken ? "accepted" : "refused";
    },
  };
}

function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof VenueAnswerError) return undefined;
    throw error;
  }
}

export const MESSAGE_TARGETS: readonly FuzzTarget[] = [
  ...FORMATS,
  OWN,
  ...FEED_VENUES.map(streamOf),
  ...FEED_VENUES.map(answersOf),
];
