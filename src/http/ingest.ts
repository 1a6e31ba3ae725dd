// POST /ingest: parse, sort the ticks by symbol (symbol-batches.ts), hand each symbol's batch to its object, shape the
// answer. Nothing valid is lost because something beside it was not.
import { Hono } from "hono";
import { deliverBatch } from "../clients/deliver-batch.ts";
import { type Admission, admitSymbols } from "../clients/directory.ts";
import { ingestBytes, ingestLatency } from "../counting/isolate-counters.ts";
import { currentRequest } from "../request-context.ts";
import { type Env, settingsOf } from "../settings.ts";
import type { AppEnv } from "./app-env.ts";
import { authorize } from "./authorize.ts";
import type { RequestOf } from "./contract.ts";
import { IngestReport } from "./ingest-report.ts";
import { parseTickMessages } from "./parse-ticks.ts";
import { ingestContract } from "./ingest-schema.ts";
import { readBody } from "./read-body.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { type SymbolBatch, SymbolBatches } from "./symbol-batches.ts";

/** Of all traces in an answer: RPC refuses an answer above 32 MiB. */
const MAX_TRACE_BYTES = 24 * 1024 * 1024;

export const ingest = new Hono<AppEnv>().post(ingestContract.path, authorize("ingestToken"), async (c) => {
  const startMs = Date.now();
  const { headers, query } = await readRequest(c, ingestContract);
  const producer = producerOf(headers);
  const isTraced = headers["X-Volgate-Trace"] === "steps";
  const report = new IngestReport();
  const body = await readBody(c.req.raw, ingestContract.body.limits);
  ingestBytes.inc({}, body.length);
  const messages = parseTickMessages(body, c.req.header("Content-Type"));
  const { tickRules: rules } = settingsOf(c.env);
  const sorted = new SymbolBatches({ ...query, rules, isNumbered: producer.producer !== null }, report);
  const batches = sorted.addAll(messages, Date.now());
  const times = currentRequest()?.times;
  if (times !== undefined) times.parseMs = Date.now() - startMs;
  const admission = admitSymbols(c.env, [...batches.keys()]);
  const maxTraceBytes = isTraced ? Math.floor(MAX_TRACE_BYTES / batches.size) : null;
  const delivery = { env: c.env, admission, producer, maxTraceBytes, report };
  await Promise.all([...batches].map(([symbol, batch]) => sendBatch(delivery, symbol, batch)));
  ingestLatency.observe({ way: "http" }, (Date.now() - startMs) / 1000);
  const problem = report.problem();
  if (problem !== undefined) throw problem;
  return sendAnswer(c, ingestContract, report.answer(), { status: report.status });
});

/** By which a batch that is delivered twice is applied once; both `null` for a sender without a name. */
interface Producer {
  readonly producer: string | null;
  readonly producerSeq: number | null;
}

function producerOf(headers: RequestOf<typeof ingestContract>["headers"]): Producer {
  const { "X-Producer-Id": producer, "X-Producer-Seq": sequence } = headers;
  if (producer === undefined || sequence === undefined) return { producer: null, producerSeq: null };
  return { producer, producerSeq: Number(sequence) };
}

/** What the symbol batches of one request have in common. */
interface Delivery {
  readonly env: Env;
  readonly admission: Promise<Admission>;
  readonly producer: Producer;
  /** Of each symbol; `null` for no trace. */
  readonly maxTraceBytes: number | null;
  readonly report: IngestReport;
}

async function sendBatch(delivery: Delivery, symbol: string, batch: SymbolBatch): Promise<void> {
  const { env, admission, producer, maxTraceBytes, report } = delivery;
  const { contentHash, receiptTimed } = batch;
  const sent = { symbol, rows: batch.ticks.rows(), ...producer, contentHash, maxTraceBytes, receiptTimed };
  report.addDelivery(symbol, batch, await deliverBatch(env, sent, { way: "http", admit: () => admission }));
}
