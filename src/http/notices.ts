// DELETE /admin/notices, mounted by admin.ts behind its token.
import { Hono } from "hono";
import { readRegistry, registryOf } from "../clients/registry.ts";
import type { AppEnv } from "./app-env.ts";
import { acknowledgeContract } from "./notices-schema.ts";
import { readRequest, sendAnswer } from "./read-request.ts";

export const notices = new Hono<AppEnv>().delete(acknowledgeContract.path, async (c) => {
  const { body } = await readRequest(c, acknowledgeContract);
  const { removed, left } = await registryOf(c.env).removeNotices(body);
  // So that this isolate's /health follows at once.
  await readRegistry(c.env);
  return sendAnswer(c, acknowledgeContract, { acknowledged: removed, left });
});
