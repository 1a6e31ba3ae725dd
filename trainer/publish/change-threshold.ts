// Asks a running gateway to serve a model under the threshold of another goal of its manifest.
import * as v from "valibot";
import { EXIT } from "../../command-line/exit-code.ts";
import { parseCommandLine } from "../../command-line/parse-command-line.ts";
import { thresholdContract } from "../../src/http/threshold-schema.ts";
import { adminRequest } from "./admin-request.ts";
import { THRESHOLD } from "./publish-options.ts";

const answerSchema = v.object({
  ...v.pick(thresholdContract.answer.schema, ["threshold", "manifest_threshold", "serving"]).entries,
  // Absent in answers of older gateways.
  follows: v.optional(v.boolean()),
});

/** Changes the threshold, or prints why it cannot; returns the exit code. */
export async function thresholdCommand(args: readonly string[]): Promise<number> {
  const { gateway, grid, alias, goal, by, reason } = parseCommandLine(THRESHOLD, args).values;
  const path = `/admin/aliases/${encodeURIComponent(alias)}/threshold`;
  const result = await adminRequest(
    { gateway, grid, token: process.env["ADMIN_TOKEN"] },
    { method: "PUT", path, body: { goal, by, reason }, answer: answerSchema },
  );
  if (!result.ok) {
    console.error(`not changed: ${result.code}: ${result.detail}`);
    return EXIT.mistake;
  }
  const { threshold, manifest_threshold: own, serving, follows = false } = result.answer;
  if (follows) {
    console.log(`${alias} at ${gateway}: each symbol's threshold follows its labels again (manifest: ${own})`);
    return EXIT.done;
  }
  console.log(`${alias} at ${gateway} alerts from ${threshold} on (manifest: ${own})${serving ? ", serving" : ""}`);
  return EXIT.done;
}
