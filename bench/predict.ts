// `npm run bench -- predict`: GET /predict on bare workerd; the floor is floor/constant-worker.js.
import { option } from "../command-line/option.ts";
import { decimal, listOf, valueType, wholeNumber } from "../command-line/value-types.ts";
import { benchCommand } from "./bench-command.ts";
import { type Bench, CORE_OPTIONS } from "./core/bench.ts";
import { benchProgram } from "./core/bench-program.ts";
import { percentile } from "./core/percentile.ts";
import { measureUse } from "./core/process-use.ts";
import { gatewayBundle, type GatewayBundle, withServer } from "./gateway-bundles.ts";
import { HttpConnection, rawRequest } from "./http-connection.ts";
import { PacedMarket } from "./paced-market.ts";
import { predictFloor } from "./predict-floor.ts";

/** What comes in meanwhile: so many symbols, each with so many ticks a second. */
interface Ingest {
  readonly symbols: number;
  readonly rate: number;
}

const ingestType = valueType(
  "SYMBOLSxRATE",
  "0, or symbols and the ticks a second of each, such as 50x10",
  parseIngest,
);

const PREDICT = benchCommand(
  "predict",
  `
GET /predict on bare workerd, while nothing, one symbol and fifty symbols bring ticks whose time goes as fast as the
clock: requests per second and latency, in turn with a worker that answers a constant from the same router.`,
  {
    seconds: option(decimal(0.1, 3600, "S"), "how long each round asks", { default: "6" }),
    connections: option(listOf(wholeNumber(1, 1000)), "how many connections ask at once", { default: "1,8" }),
    ingest: option(listOf(ingestType, "SYMBOLSxRATE,…"), "symbols that bring ticks, and ticks a second of each", {
      default: "0,1x400,50x10",
    }),
    ...CORE_OPTIONS,
  },
);

/** How long is asked before what counts: every symbol brings ticks meanwhile. */
const WARM_SECONDS = 1.5;

type Measured = "requests" | "p50" | "p95" | "p99" | "processor time" | "resident memory";
interface Case {
  readonly label: string;
  readonly connections: number;
  readonly ingest: Ingest;
}
type Bundles = { readonly gateway: GatewayBundle; readonly floor: GatewayBundle };

export const bench: Bench<typeof PREDICT.options, Measured, Case, Bundles> = {
  command: PREDICT,
  measures: {
    requests: { unit: "requests/s", better: "more", digits: 0 },
    p50: { unit: "ms", better: "less", digits: 2 },
    p95: { unit: "ms", better: "less", digits: 2 },
    p99: { unit: "ms", better: "less", digits: 2 },
    "processor time": { unit: "µs a request", better: "less", digits: 0 },
    "resident memory": { unit: "MiB", better: "less", digits: 0 },
  },
  ways: [{ name: "gateway" }, { name: "floor", isFloor: true }],
  ratios: [
    { measure: "requests", of: "gateway", to: "floor" },
    { measure: "processor time", of: "gateway", to: "floor" },
  ],
  goals: [
    {
      ...{ text: "share of a worker that answers a constant, 8 connections, no ingest" },
      ...{ case: labelOf(8, { symbols: 0, rate: 0 }), measure: "requests", way: "gateway", to: "floor" },
      ...{ side: "at least", bound: 0.8 },
    },
    {
      ...{ text: "p99 in ms, 8 connections, while 50 symbols bring 10 ticks/s each" },
      ...{ case: labelOf(8, { symbols: 50, rate: 10 }), measure: "p99", way: "gateway" },
      ...{ side: "below", bound: 10 },
    },
  ],
  cases: ({ values }) =>
    values.ingest.flatMap((ingest) =>
      values.connections.map((connections) => ({ label: labelOf(connections, ingest), connections, ingest })),
    ),
  prepare: async (subject) => {
    const gateway = await gatewayBundle(subject);
    return { gateway, floor: await predictFloor(subject, gateway) };
  },
  measure: async ({ case: { connections, ingest }, way, prepared, folder }, { values: { seconds } }) =>
    await withServer(
      prepared[way as keyof Bundles],
      folder,
      async (server) => {
        const url = new URL(server.url);
        // The symbol that is asked for is one of those that bring ticks, and is there without them too.
        const count = Math.max(1, ingest.symbols);
        const markets = Array.from({ length: count }, (_, i) => new PacedMarket(url, symbolName(i), i + 1));
        for (const market of markets) await market.warm();
        const ask = async (askSeconds: number): Promise<number[]> => {
          const endAt = performance.now() + askSeconds * 1000;
          const bringing = markets
            .slice(0, ingest.symbols)
            .map((market, i) => market.play(ingest.rate, endAt, (i / ingest.symbols) * 1000));
          const latencies = await asked(url, connections, endAt, way);
          await Promise.all(bringing);
          return latencies;
        };
        await ask(WARM_SECONDS);
        const startedAt = performance.now();
        const { result, use } = await measureUse(server.pid!, () => ask(seconds));
        const requests = result.length;
        return {
          requests: (requests * 1000) / (performance.now() - startedAt),
          ...percentiles(result),
          "processor time": (use.cpuMs * 1000) / requests,
          "resident memory": use.residentMib,
        };
      },
      // None sleeps while the others are warmed.
      { keepsObjects: true },
    ),
};

export const program = benchProgram(bench);

/** Asks until the end; the latency of each answer in ms. */
async function asked(url: URL, connections: number, endAt: number, way: string): Promise<number[]> {
  const request = rawRequest("GET", url, `/predict?symbol=${symbolName(0)}`);
  const latencies: number[] = [];
  const ask = async (): Promise<void> => {
    const connection = await HttpConnection.open(url);
    while (performance.now() < endAt) {
      const sentAt = performance.now();
      const { status, body } = await connection.send(request);
      latencies.push(performance.now() - sentAt);
      const isAnswer = status === 200 && (way === "floor" || body.includes('"probability":0.'));
      if (!isAnswer) throw new Error(`GET /predict: ${status} ${body.slice(0, 300)}`);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, ask));
  return latencies;
}

function percentiles(latencies: number[]): { readonly p50: number; readonly p95: number; readonly p99: number } {
  return { p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95), p99: percentile(latencies, 0.99) };
}

/** `undefined` for a text that is neither 0 nor such as 50x10. */
function parseIngest(text: string): Ingest | undefined {
  if (text === "0") return { symbols: 0, rate: 0 };
  const found = /^([1-9]\d{0,2})x([1-9]\d{0,5})$/.exec(text);
  return found === null ? undefined : { symbols: Number(found[1]), rate: Number(found[2]) };
}

function labelOf(connections: number, { symbols, rate }: Ingest): string {
  const asking = connections === 1 ? "1 connection" : `${connections} connections`;
  const bringing = symbols === 1 ? `1 symbol brings ${rate} ticks/s` : `${symbols} symbols bring ${rate} ticks/s each`;
  return `${asking}, ${symbols === 0 ? "no ingest" : bringing}`;
}

function symbolName(index: number): string {
  return `SIM${index}-USD`;
}
