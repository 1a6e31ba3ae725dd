// The least that GET /predict can be: the same router with the same routes, and an answer that is always the same.
// Ticks that come in meanwhile are parsed and dropped. `npm run bench -- predict` bundles it, and puts in ROUTES and
// ANSWER.
import { Hono } from "hono";

const app = new Hono();
for (const { method, path } of ROUTES) {
  if (path === "/predict" && method === "get") app.get(path, (c) => c.json(ANSWER));
  else if (path === "/ingest") app.post(path, async (c) => c.json({ ticks: JSON.parse(await c.req.text()).length }));
  else app.on(method.toUpperCase(), path, (c) => c.notFound());
}

export default { fetch: app.fetch };
