// Sends records to the gateway, some symbols at a time, and prints what its evidence says then.
import * as v from "valibot";
import { EXIT } from "../../command-line/exit-code.ts";
import { backfillContract } from "../../src/http/backfill-schema.ts";
import { type AdminAddress, adminRequest } from "../publish/admin-request.ts";
import type { ComparedPair } from "./compared-pair.ts";
import type { SymbolRecord } from "./symbol-record.ts";

/** Blocks of one request at most: the gateway takes 320,000 JSON values, of which a block has nine. */
const MAX_BLOCKS = 32_000;

const answerSchema = v.pick(backfillContract.answer.schema, ["code", "missing", "promoted", "comparison"]);

interface Sending {
  readonly by: string;
  readonly reason: string;
  readonly print: (line: string) => void;
}

/** Returns the exit code. A refusal is printed to stderr; the symbols of the requests before it were kept. */
export async function sendRecords(
  address: AdminAddress,
  { id: experiment, champion, challenger }: Omit<ComparedPair, "archiveToMs" | "recalibrates">,
  records: readonly SymbolRecord[],
  { by, reason, print }: Sending,
): Promise<number> {
  const without = records.filter(({ blocks }) => blocks.length === 0).map(({ symbol }) => symbol);
  if (without.length > 0) print(`no block of ${without.join(", ")}: its archive does not reach past the training`);
  for (const part of partsOf(records.filter(({ blocks }) => blocks.length > 0))) {
    const wire = part.map(({ symbol, blocks }) => ({ symbol, blocks: blocks.map(wireBlock) }));
    const body = { experiment, pair: { champion, challenger }, records: wire, by, reason };
    const path = "/admin/experiment/backfill";
    const result = await adminRequest(address, { method: "POST", path, body, answer: answerSchema });
    if (!result.ok) {
      console.error(`not backfilled: ${result.code}: ${result.detail}`);
      return EXIT.mistake;
    }
    print(`sent ${part.map(({ symbol }) => symbol).join(", ")}: ${evidenceLine(result.answer)}`);
  }
  return EXIT.done;
}

/** As few requests as their size allows. */
function partsOf(records: readonly SymbolRecord[]): SymbolRecord[][] {
  const parts: SymbolRecord[][] = [];
  let size = Infinity;
  for (const record of records) {
    size += record.blocks.length;
    if (size > MAX_BLOCKS) {
      parts.push([]);
      size = record.blocks.length;
    }
    parts.at(-1)!.push(record);
  }
  return parts;
}

function wireBlock({ gainSum, betSum, ...rest }: SymbolRecord["blocks"][number]) {
  return { ...rest, gain_sum: gainSum, bet_sum: betSum };
}

function evidenceLine({ code, missing, promoted, comparison }: v.InferOutput<typeof answerSchema>): string {
  if (comparison === null) return code;
  const { e_value: e, blocks, episodes, needs } = comparison.pooled;
  const verdict = promoted ? "promoted" : missing.length === 0 ? code : `${code}: ${missing.join("; ")}`;
  const eText = `e ${Number(e.toPrecision(3))} of ${needs.e_value}`;
  return `with the live blocks ${eText} after ${blocks} blocks with ${episodes} episodes; ${verdict}`;
}
