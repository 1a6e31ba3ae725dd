// The first module of the gateway on plain workerd: it does what Cloudflare does before a Worker with static assets and
// cron triggers. `serve` writes the list of the assets: no other file of their folder can be asked for.
import gateway from "./worker.js";

export * from "./worker.js";

export default {
  async fetch(request, env, ctx) {
    const isRead = request.method === "GET" || request.method === "HEAD";
    const asset = isRead ? env.ASSETS_BY_ADDRESS[new URL(request.url).pathname] : undefined;
    return asset === undefined ? await gateway.fetch(request, env, ctx) : await answerAsset(asset, request, env);
  },
};

/** On a socket that `serve` alone reaches: runs a cron trigger, or answers that the Worker is alive. */
export const bell = {
  async fetch(request, env, ctx) {
    const cron = new URL(request.url).searchParams.get("cron");
    if (cron === null) return await gateway.fetch(new Request("http://gateway/health/live"), env, ctx);
    const scheduledTime = Date.now();
    try {
      await gateway.scheduled({ cron, scheduledTime, noRetry: () => undefined }, env, ctx);
      return new Response("ok");
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};

async function answerAsset(asset, request, env) {
  if (asset.moved !== undefined) return new Response(null, { status: 307, headers: { Location: asset.moved } });
  const headers = new Headers(asset.headers);
  if (request.headers.get("If-None-Match")?.includes(headers.get("ETag"))) {
    return new Response(null, { status: 304, headers });
  }
  const file = await env.ASSET_FILES.fetch(`http://files/${asset.file}`);
  if (!file.ok) return new Response("This file is gone: restart the gateway.\n", { status: 500 });
  return new Response(request.method === "HEAD" ? null : file.body, { headers });
}
