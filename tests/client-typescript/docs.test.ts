// The examples of docs/typescript.md and of the package's README run as they stand there.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { predictContract } from "../../src/http/predict-schema.ts";
import { type FakeGateway, problem } from "./fake-gateway.ts";
import { startGateway } from "./test-client.ts";

const ROOT = join(import.meta.dirname, "../..");
const SOURCE = join(ROOT, "clients/typescript/src");
const folder = mkdtempSync(join(tmpdir(), "volgate-client-docs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function examplesOf(path: string): string[] {
  const text = readFileSync(join(ROOT, path), "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!);
}

/** A gateway that gives every reader two steps of each symbol. */
async function answeringGateway(): Promise<FakeGateway> {
  const gateway = await startGateway();
  gateway.answers.set("/predict", ({ url }) => {
    const isKnown = url.includes("BTC-USD");
    const unknown = problem(404, "unknown_symbol", "symbol: got NOBODY, which has received no tick");
    return isKnown ? { status: 200, body: predictContract.answer.example } : unknown;
  });
  gateway.answers.set("/health", { status: 503, body: { status: "degraded", reasons: [] } });
  gateway.stream.stepEach = true;
  return gateway;
}

/** What an example prints on its own against a gateway. */
async function run(code: string, { url }: FakeGateway): Promise<string> {
  const outfile = join(folder, `${Math.random().toString(36).slice(2)}.mjs`);
  const contents = code.replaceAll("http://127.0.0.1:8787", url).replaceAll('"…"', "undefined");
  const alias = {
    "@volgate/client/stream": join(SOURCE, "stream/index.ts"),
    "@volgate/client": join(SOURCE, "index.ts"),
  };
  const stdin = { contents, loader: "ts", resolveDir: folder } as const;
  const { outputFiles } = await build({ stdin, alias, bundle: true, format: "esm", platform: "node", write: false });
  writeFileSync(outfile, outputFiles[0]!.text);
  return await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [outfile], { timeout: 60_000, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += String(data)));
    child.on("close", (status) => (status === 0 ? resolve(output) : reject(new Error(`${status}: ${output}`))));
  });
}

describe("the examples of docs/typescript.md", () => {
  const examples = examplesOf("docs/typescript.md");
  const PRINTED = [
    /^0\.0713 \[\]\nunknown_symbol 404 symbol r-1\ndegraded\n$/,
    /^\d+ 1764979700000 price_not_positive\nsocket 999 1\n$/,
    /^DOCS-2 0 0\.25\nDOCS-2 0 true\n$/,
    /^prediction\n$/,
  ];

  it("are these and no other", () => {
    expect(examples).toHaveLength(PRINTED.length);
  });

  it.each(PRINTED.map((printed, i) => [i + 1, printed] as const))("number %i runs", async (number, printed) => {
    expect(await run(examples[number - 1]!, await answeringGateway())).toMatch(printed);
  });
});

it("the example of the package's README runs, until somebody ends it", async () => {
  const [example, ...others] = examplesOf("clients/typescript/README.md");
  expect(others).toEqual([]);
  const ended = example!.replace(
    /^( *)if \(event\.type === "prediction"\) (.*)$/m,
    "$1if (event.type === 'prediction') { $2 break; }",
  );
  expect(ended).not.toBe(example);
  expect(await run(ended, await answeringGateway())).toBe("0 0.25\n");
});
