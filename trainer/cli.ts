// `npm run train`: files in, artifacts and honest figures out.
import { publishLocally } from "./local-bucket.ts";
import { UnreadableFileError } from "../feeds/file-lines.ts";
import { readTickFiles, type TickFiles } from "../feeds/tick-files.ts";
import type { Artifact } from "./artifact.ts";
import { type CliOptions, HELP, parseCliOptions } from "./cli-options.ts";
import { codeCommit } from "./code-commit.ts";
import { buildDataset, type Dataset } from "./dataset.ts";
import { progressBar } from "./progress.ts";
import { resultText, tallyText, warnings } from "./report-text.ts";
import { sha256Hex } from "./sha256.ts";
import { train } from "./train.ts";
import { UserError } from "./user-error.ts";
import { writeArtifacts } from "./write-artifacts.ts";

async function run(options: CliOptions): Promise<void> {
  const say = options.json ? console.error : console.log;
  const progress = progressBar();
  try {
    say(`seed    ${options.seed}`);
    const input = await readTickFiles(options.files, { symbol: options.symbol });
    say(filesText(input));
    const data = buildDataset(input.ticks);
    say(tallyText(data));
    if (data.tally.eligible === 0) throw new UserError(nothingEligibleText(data, input));
    const result = await train(data, {
      testAt: options.testAt,
      provenance: {
        source: `${input.files.length} files, ${data.symbols.join(", ")}`.slice(0, 2000),
        dataFingerprint: sha256Hex(input.files.map(({ sha256 }) => sha256).join("\n")),
        codeCommit: codeCommit(),
        createdAtMs: Date.now(),
      },
      publishFigures: true,
      onProgress: (done, total, what) => progress.show(done, total, what),
    });
    progress.end();
    say(resultText(result));
    const artifacts = result.families.flatMap(({ artifact }): Artifact[] => (artifact === null ? [] : [artifact]));
    for (const folder of await writeArtifacts(options.out, artifacts)) say(`wrote   ${folder}`);
    if (options.publish) {
      const entries = await publishLocally(options.persist, artifacts);
      for (const { name, sha256 } of entries) say(`published ${name} as models/${sha256}`);
      const logistic = entries.find(({ family }) => family === "logistic");
      if (logistic !== undefined) say(`serve it: ${serveCommand(logistic.sha256)}`);
    }
    if (!options.json) return;
    const families = result.families.map(({ artifact, ...rest }) => ({
      ...rest,
      manifest: artifact?.manifest ?? null,
    }));
    const { seed } = options;
    console.log(JSON.stringify({ seed, tally: data.tally, ...result, families, warnings: warnings(result) }, null, 2));
  } finally {
    progress.end();
  }
}

function serveCommand(sha256: string): string {
  return `curl -X PUT http://127.0.0.1:8787/admin/aliases/champion -d '{"sha256":"${sha256}"}'`;
}

function filesText({ files, ticks, rejected }: TickFiles): string {
  const reasons = [...rejected].map(([reason, count]) => `${count} ${reason}`).join(", ");
  return `files   ${files.length} read, ${ticks.length} ticks; refused: ${reasons === "" ? "none" : reasons}`;
}

/** Why there is nothing to learn from, and what to do. */
function nothingEligibleText({ tally, config }: Dataset, { files }: TickFiles): string {
  const { stepMs, maxAgeMs } = config.grid;
  const bars = files.some(({ path }) => /\.csv(\.gz)?$/.test(path));
  const hint = bars
    ? `; CSV bars are too sparse for steps of ${stepMs / 1000} s, the only grid so far: give recordings of ticks`
    : "";
  return (
    `no eligible row in ${tally.steps} steps: a row needs a price at most ${maxAgeMs / 1000} s old and ` +
    `${config.label.minCount} volatilities before it in one segment${hint}`
  );
}

try {
  const options = parseCliOptions(process.argv.slice(2));
  if (options === "help") process.stdout.write(HELP);
  else await run(options);
} catch (error) {
  const mistake = error instanceof UserError || error instanceof UnreadableFileError;
  console.error(mistake ? `train: ${error.message}` : error);
  if (error instanceof UserError) console.error("npm run train -- --help shows the options.");
  process.exitCode = mistake ? 2 : 1;
}
