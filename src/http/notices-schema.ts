// DELETE /admin/notices: acknowledges notices that `/health` shows.
import * as v from "valibot";
import { NOTICE_CODES } from "../durable/registry/notice-codes.ts";
import { contract } from "./contract.ts";
import { count, symbolInput } from "./field-schema.ts";

export const acknowledgeContract = contract({
  method: "delete",
  path: "/admin/notices",
  tag: "Operations",
  summary: "Acknowledges notices",
  description: "They go from `/health`, on every isolate within 10 s.",
  token: "ADMIN_TOKEN",
  body: {
    schema: v.strictObject({
      symbol: v.exactOptional(symbolInput),
      code: v.exactOptional(v.picklist(NOTICE_CODES, `one of ${NOTICE_CODES.join(", ")}`)),
    }),
    description: "Which notices: all that have this symbol and this code; all without both.",
    optional: true,
    example: { symbol: "BTC-USD", code: "slots_unreadable" },
  },
  answer: {
    description: "How many went, and how many are left",
    schema: v.object({ acknowledged: count, left: count }),
    example: { acknowledged: 1, left: 0 },
  },
  errors: ["field_unknown", "symbol_malformed", "code_malformed"],
});
