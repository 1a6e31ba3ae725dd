// Stands in for `wrangler dev` in the tests of `npm start`: a gateway on the given port with a child of its own.
// Started as a program; the last argument but `--port N` is a JSON of `FakeWranglerOptions`.
import { predictContract } from "../../src/http/predict-schema.ts";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { FakeGateway } from "./fake-gateway.ts";

export interface FakeWranglerOptions {
  /** Its process id and its child's are written here, one a line. */
  readonly pidFile: string;
  /** Every batch's ticks are written here at the end, as JSON. */
  readonly appliedFile?: string;
  /** It and its child do not care about SIGTERM. */
  readonly stubborn?: boolean;
  /** Ends by itself with code 3 after that many batches. */
  readonly dieAfterBatches?: number;
  /** Ends with code 4 before it answers. */
  readonly dieAtOnce?: boolean;
  /** What BTC-USD is known with. */
  readonly position?: { readonly watermark_ms: number; readonly price: number };
}

const options = JSON.parse(process.argv[2]!) as FakeWranglerOptions;
const port = Number(process.argv[process.argv.indexOf("--port") + 1]);
const ignore = options.stubborn ? 'process.on("SIGTERM", () => {});' : "";
const child = spawn(process.execPath, ["-e", `${ignore} setInterval(() => {}, 1000)`], { stdio: "ignore" });
writeFileSync(options.pidFile, `${process.pid}\n${child.pid}\n`);
if (options.dieAtOnce) {
  console.error("address already in use");
  process.exit(4);
}

const gateway = new FakeGateway();
gateway.answers.set("/health", { status: 200, body: { status: "healthy" } });
if (options.position) gateway.answers.set("/symbols/BTC-USD", { status: 200, body: options.position });
for (const symbol of ["BTC-USD", "ETH-USD"]) {
  const model = { ...predictContract.answer.example.model, name: "fake", version: "1" };
  const live = { probability: 0.25, threshold: 0.5, alert: false, tau_bps: 7.25, sigma_bps: null, model };
  const body = { ...predictContract.answer.example, symbol, ts: 1_764_547_201_000, ...live };
  gateway.answers.set(`/predict?symbol=${symbol}`, { status: 200, body });
}
process.on("SIGTERM", () => {
  if (!options.stubborn) process.exit(0);
});
process.on("exit", () => {
  if (options.appliedFile) writeFileSync(options.appliedFile, JSON.stringify(gateway.applied));
});
setInterval(() => {
  if (gateway.received.length < (options.dieAfterBatches ?? Infinity)) return;
  console.error("out of memory");
  process.exit(3);
}, 5);
await gateway.start(port);
