// `npm run bench:sockets`: durable ticks per second through a socket of a symbol, packed and as text, beside the same
// ticks as JSON over HTTP, on bare workerd.
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { decimal, listOf, wholeNumber } from "../command-line/value-types.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { temporaryFolder } from "../command-line/at-exit.ts";
import { benchCommand } from "./bench-command.ts";
import { cpuMsOf } from "./process-cpu.ts";
import { BareWorkerd, bundleWorker } from "./bare-workerd.ts";
import { type Channel, openChannel, WAYS, type Way } from "./socket-channels.ts";
import { type PreparedLoad, prepareLoad } from "./socket-load.ts";

const SOCKETS = benchCommand(
  "sockets",
  `
Durable ticks per second on bare workerd, features, scoring by five models, quality and drift included: packed
frames and text frames over sockets of the symbols, in turn with JSON over HTTP.`,
  {
    seconds: option(decimal(0.1, 3600, "S"), "how long each round sends", { default: "4" }),
    rounds: option(wholeNumber(1, 1000), "rounds of each, in turn", { default: "3" }),
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
  },
);

export const program: Program = {
  command: SOCKETS,
  run: async (args) => {
    const { frame, seconds, rounds, symbols: counts, density } = parseCommandLine(SOCKETS, args).values;
    const dir = temporaryFolder("volgate-bench-");
    const bundle = join(dir, "gateway");
    await bundleWorker(bundle);
    for (const denser of density) {
      for (const symbols of counts) {
        const found = Object.fromEntries(WAYS.map((way) => [way, [] as Measured[]])) as Record<Way, Measured[]>;
        for (let round = 0; round < rounds; round++) {
          for (const way of WAYS) {
            const load = prepareLoad(way, { symbols, frame, denser, seconds });
            found[way].push(await run(bundle, mkdtempSync(join(dir, "state-")), way, load, seconds));
          }
        }
        const http = median(found.http.map(({ rate }) => rate));
        for (const way of WAYS) {
          const rate = median(found[way].map((measured) => measured.rate));
          const ticksPerStep = median(found[way].map((measured) => measured.ticksPerStep));
          const cpuUs = median(found[way].map((measured) => measured.cpuUs));
          console.log(
            `${symbols} symbol(s), frames of ${frame}, ${ticksPerStep.toFixed(1)} ticks a step, median of ${rounds}: ${way} ` +
              `${Math.round(rate)} durable ticks/s, ${Math.round(rate / frame)} frames/s, ${(rate / http).toFixed(2)} times ` +
              `HTTP; ${cpuUs.toFixed(2)} µs of processor time a tick`,
          );
        }
      }
    }
    return EXIT.done;
  },
};

interface Measured {
  readonly rate: number;
  readonly ticksPerStep: number;
  /** Processor time of workerd for a tick, µs: other work on the machine hardly changes it. */
  readonly cpuUs: number;
}

/** Sends over one server for some seconds. The state folder is removed. */
async function run(
  bundle: string,
  state: string,
  way: Way,
  { warm, frames, size }: PreparedLoad,
  seconds: number,
): Promise<Measured> {
  const server = await BareWorkerd.prepare(bundle, state);
  try {
    await server.start();
    const channels: Channel[] = [];
    for (const [symbol, first] of warm) {
      const channel = await openChannel(way, server.url, symbol);
      // The first frames create the symbols and load the models: not measured.
      for (const message of first) await channel.send(message);
      await channel.drained();
      channels.push(channel);
    }
    const before = await appliedBy(server.url, [...warm.keys()]);
    const [startedAt, cpuBefore] = [performance.now(), cpuMsOf(server.pid!)];
    const endAt = startedAt + seconds * 1000;
    const sent = await Promise.all(channels.map((channel, i) => drain(channel, frames[i]!, endAt)));
    const tookMs = performance.now() - startedAt;
    const cpuMs = cpuMsOf(server.pid!) - cpuBefore;
    for (const channel of channels) channel.close();
    const ticks = sent.reduce((sum, count) => sum + count, 0) * size;
    const after = await appliedBy(server.url, [...warm.keys()]);
    const ticksPerStep = (after.ticks - before.ticks) / Math.max(1, after.steps - before.steps);
    return { rate: (ticks * 1000) / tookMs, ticksPerStep, cpuUs: (cpuMs * 1000) / ticks };
  } finally {
    await server.kill();
    const errors = server.errorOutput.split("\n").filter((line) => line.includes("error"));
    if (errors.length > 0) console.error(errors.join("\n"));
    rmSync(state, { recursive: true, force: true });
  }
}

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

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
