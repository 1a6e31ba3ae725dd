// GET /openapi.json. Made once per isolate, when it is first asked for.
import { Hono } from "hono";
import { version } from "../../package.json";
import type { AppEnv } from "./app-env.ts";
import { CONTRACTS } from "./contracts.ts";
import { openApiContract } from "./openapi-schema.ts";
import { openApiDocument } from "./openapi-document.ts";

let text: string | undefined;

export const openApi = new Hono<AppEnv>().get(openApiContract.path, (c) => {
  text ??= JSON.stringify(openApiDocument(CONTRACTS, version));
  return c.body(text, 200, { "Content-Type": "application/json", "Cache-Control": "public, max-age=300" });
});
