// Rows of ticks and predictions that lie in R2.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ChildProgram } from "../../processes/child-program.ts";
import { S3Server } from "../publish-s3-server.ts";
import { FROM_MS, volatileTicks } from "../volatile-ticks.ts";
import { columnOf, readDataset } from "./read-dataset.ts";
import { writeTicks } from "./ticks-file.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-rows-bucket-"));
const server = new S3Server();

beforeAll(() => server.start());
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe("rows from r2://", () => {
  const ticks = volatileTicks(3000);

  it("are those of the same files on disk, with what was served beside them", async () => {
    const [first, second] = [ticks.slice(0, 1400), ticks.slice(1400)].map((part, i) => {
      return readFileSync(writeTicks(join(folder, `${i}.ndjson`), part));
    });
    server.put("ticks/symbol=BTC-USD/date=2025-01-01/0000-1.ndjson", first!);
    server.put("ticks/symbol=BTC-USD/date=2025-01-01/0030-2.ndjson", second!);
    const predictions = parquetWriteBuffer({
      columnData: [
        { name: "ts", data: [BigInt(FROM_MS + 2_000_000)], type: "INT64" },
        { name: "score", data: [0.25], type: "FLOAT" },
        { name: "model_sha256", data: ["3f1c"], type: "STRING" },
      ],
      kvMetadata: [
        { key: "step_ms", value: "1000" },
        { key: "horizon_ms", value: "60000" },
      ],
    });
    server.put("predictions/symbol=BTC-USD/date=2025-01-01/0000-1.parquet", new Uint8Array(predictions));
    const out = join(folder, "rows");
    const given = ["r2://bucket/ticks", "--out", out, "--predictions", "r2://bucket/predictions"];
    const program = new ChildProgram(process.execPath, ["volgate.ts", "rows", ...given], { env: server.env });
    const { status, stderr } = await program.ended;
    expect([status, stderr]).toEqual([0, ""]);
    const files = await readDataset(out);
    expect(columnOf(files, "step").length).toBe(2999);
    const served = files.flatMap(({ rows }) => rows).filter(({ served_score: score }) => typeof score === "number");
    expect(served.map(({ time, served_score: score, served_model: model }) => [time, score, model])).toEqual([
      [new Date(FROM_MS + 2_000_000), 0.25, "3f1c"],
    ]);
  });

  it("say that the bucket cannot be read", async () => {
    const given = ["r2://bucket/nothing", "--out", join(folder, "none")];
    const program = new ChildProgram(process.execPath, ["volgate.ts", "rows", ...given], { env: server.env });
    const { status, stderr } = await program.ended;
    expect(status).toBe(2);
    expect(stderr).toContain("rows: r2://bucket/nothing: holds no *.csv");
  });
});
