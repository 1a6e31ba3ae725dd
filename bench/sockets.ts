// `npm run bench -- sockets`: durable ticks per second through a symbol's socket, packed and as text, beside the same
// ticks as JSON over HTTP, on bare workerd; the floor is floor/socket-worker.js.
import { option } from "../command-line/option.ts";
import { decimal, listOf, wholeNumber } from "../command-line/value-types.ts";
import { benchCommand } from "./bench-command.ts";
import { type Bench, CORE_OPTIONS } from "./core/bench.ts";
import { benchProgram } from "./core/bench-program.ts";
import { measureUse } from "./core/process-use.ts";
import { floorBundle, gatewayBundle, type GatewayBundle, withServer } from "./gateway-bundles.ts";
import { type Channel, openChannel, type Way } from "./socket-channels.ts";
import { prepareLoad } from "./socket-load.ts";

const SOCKETS = benchCommand(
  "sockets",
  `
Durable ticks per second on bare workerd, features, scoring by five models, quality and drift included: packed
frames and text frames over sockets of the symbols, in turn with JSON over HTTP and with a worker that only stores
packed frames.`,
  {
    seconds: option(decimal(0.1, 3600, "S"), "how long each round sends", { default: "4" }),
    frame: option(wholeNumber(1, 2000), "ticks in a frame, or a request", { default: "200" }),
    symbols: option(listOf(wholeNumber(1, 1000)), "how many symbols send at once, one connection each", {
      default: "1,4,8",
    }),
    density: option(
      listOf(wholeNumber(1, 100_000)),
      "how many times as many ticks in a step as the simulated market has",
      {
        default: "1,40,10000",
      },
    ),
    ...CORE_OPTIONS,
  },
);

type Measured = "durable ticks" | "processor time" | "ticks a step" | "resident memory";
interface Case {
  readonly label: string;
  readonly symbols: number;
  readonly density: number;
}
type Bundles = { readonly gateway: GatewayBundle; readonly floor: GatewayBundle };

/** Event time is then about as fast as the clock. */
const LIVE_DENSITY = 10_000;

export const bench: Bench<typeof SOCKETS.options, Measured, Case, Bundles> = {
  command: SOCKETS,
  measures: {
    "durable ticks": { unit: "ticks/s", better: "more", digits: 0 },
    "processor time": { unit: "µs a tick", better: "less", digits: 2 },
    "ticks a step": { unit: "ticks", better: "more", digits: 1 },
    "resident memory": { unit: "MiB", better: "less", digits: 0 },
  },
  ways: [{ name: "packed" }, { name: "text" }, { name: "http" }, { name: "floor", isFloor: true }],
  ratios: [
    { measure: "durable ticks", of: "packed", to: "http" },
    { measure: "durable ticks", of: "text", to: "http" },
    { measure: "durable ticks", of: "packed", to: "floor" },
    { measure: "processor time", of: "packed", to: "floor" },
  ],
  goals: [1, 4].map((symbols) => ({
    ...{ text: `durable ticks/s in packed frames, ${labelOf(symbols, LIVE_DENSITY)}` },
    ...{ case: labelOf(symbols, LIVE_DENSITY), measure: "durable ticks", way: "packed" },
    ...{ side: "at least", bound: 300_000 },
  })),
  cases: ({ values }) =>
    values.density.flatMap((density) =>
      values.symbols.map((symbols) => ({ label: labelOf(symbols, density), symbols, density })),
    ),
  prepare: async (subject) => {
    const gateway = await gatewayBundle(subject);
    return { gateway, floor: floorBundle(subject, gateway, "socket-worker.js") };
  },
  measure: async ({ case: { symbols, density }, way, prepared, folder }, { values: { seconds, frame } }) => {
    const isFloor = way === "floor";
    const sends = isFloor ? "packed" : (way as Way);
    const { warm, frames } = prepareLoad(sends, { symbols, frame, denser: density, seconds });
    return await withServer(prepared[isFloor ? "floor" : "gateway"], folder, async ({ url, pid }) => {
      const channels: Channel[] = [];
      for (const [symbol, first] of warm) {
        const channel = await openChannel(sends, url, symbol);
        // The first frames create the symbols and load the models: not measured.
        for (const message of first) await channel.send(message);
        await channel.drained();
        channels.push(channel);
      }
      const names = isFloor ? [] : [...warm.keys()];
      const before = await appliedBy(url, names);
      const startedAt = performance.now();
      const { result, use } = await measureUse(pid!, () =>
        Promise.all(channels.map((channel, i) => drain(channel, frames[i]!, startedAt + seconds * 1000))),
      );
      const tookMs = performance.now() - startedAt;
      for (const channel of channels) channel.close();
      const ticks = result.reduce((sum, count) => sum + count, 0) * frame;
      const after = await appliedBy(url, names);
      const ticksPerStep = (after.ticks - before.ticks) / Math.max(1, after.steps - before.steps);
      return {
        "durable ticks": (ticks * 1000) / tookMs,
        "processor time": (use.cpuMs * 1000) / ticks,
        ...(isFloor ? {} : { "ticks a step": ticksPerStep }),
        "resident memory": use.residentMib,
      };
    });
  },
};

export const program = benchProgram(bench);

async function drain(channel: Channel, frames: readonly (string | Uint8Array)[], endAt: number): Promise<number> {
  let count = 0;
  for (const frame of frames) {
    if (performance.now() >= endAt) break;
    await channel.send(frame);
    count += 1;
  }
  await channel.drained();
  return count;
}

/** Ticks that symbols have applied, and the steps that these closed. */
async function appliedBy(url: string, symbols: readonly string[]): Promise<{ ticks: number; steps: number }> {
  let [ticks, steps] = [0, 0];
  for (const symbol of symbols) {
    const state = (await (await fetch(`${url}/symbols/${symbol}`)).json()) as {
      readonly ticks: { readonly accepted: number };
      readonly steps_closed: number;
    };
    ticks += state.ticks.accepted;
    steps += state.steps_closed;
  }
  return { ticks, steps };
}

function labelOf(symbols: number, density: number): string {
  return `${symbols === 1 ? "1 symbol" : `${symbols} symbols`}, ${density} times as dense`;
}
