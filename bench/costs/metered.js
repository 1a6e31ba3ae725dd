// The gateway with a meter: counts what Cloudflare would bill of its objects. It stands before the bundle as the front
// worker of `serve` does. `GET /__meter` answers the counts and starts them anew.
import gateway from "./worker.js";
import * as bundled from "./worker.js";

const counts = { objectRequests: {}, rowsWritten: {}, rowsRead: {}, activeMs: {}, logLines: 0 };
/** Cursors whose rows are not counted yet: a cursor counts them as it is read. */
let open = [];

function add(of, name, value) {
  of[name] = (of[name] ?? 0) + value;
}

function settle(keep) {
  const done = open.slice(0, Math.max(0, open.length - keep));
  open = open.slice(done.length);
  for (const { name, cursor } of done) {
    add(counts.rowsWritten, name, cursor.rowsWritten);
    add(counts.rowsRead, name, cursor.rowsRead);
  }
}

/** Storage of one object, each call counted under its class. */
function meteredStorage(storage, name) {
  const sql = new Proxy(storage.sql, {
    get: (target, key) => {
      if (key !== "exec") return typeof target[key] === "function" ? target[key].bind(target) : target[key];
      return (...args) => {
        const cursor = target.exec(...args);
        open.push({ name, cursor });
        if (open.length > 2_000) settle(1_000);
        return cursor;
      };
    },
  });
  /** Methods of the hidden key-value table: a row each; an alarm is a row as well. */
  const rows = { put: "rowsWritten", delete: "rowsWritten", setAlarm: "rowsWritten", get: "rowsRead" };
  return new Proxy(storage, {
    get: (target, key) => {
      if (key === "sql") return sql;
      if (typeof target[key] !== "function") return target[key];
      return (...args) => {
        if (rows[key] !== undefined) add(counts[rows[key]], name, 1);
        return target[key](...args);
      };
    },
  });
}

/** Requests from stub to object, each method call one. */
function meteredNamespace(namespace, name) {
  const metered = (stub) =>
    new Proxy(stub, {
      get: (target, key) => {
        if (typeof target[key] !== "function" || key === "then") return target[key];
        return async (...args) => {
          add(counts.objectRequests, name, 1);
          const startedAt = Date.now();
          try {
            return await target[key](...args);
          } finally {
            add(counts.activeMs, name, Date.now() - startedAt);
          }
        };
      },
    });
  return new Proxy(namespace, {
    get: (target, key) => {
      if (key === "get" || key === "getByName") return (...args) => metered(target[key](...args));
      return typeof target[key] === "function" ? target[key].bind(target) : target[key];
    },
  });
}

const environments = new WeakMap();

function meteredEnvironment(env) {
  let found = environments.get(env);
  if (found === undefined) {
    found = { ...env };
    for (const [name, value] of Object.entries(env)) {
      if (typeof value?.idFromName === "function") found[name] = meteredNamespace(value, name);
    }
    environments.set(env, found);
  }
  return found;
}

function meteredClass(Type, name) {
  return class extends Type {
    constructor(ctx, env) {
      const storage = meteredStorage(ctx.storage, name);
      Object.defineProperty(ctx, "storage", { get: () => storage, configurable: true });
      super(ctx, meteredEnvironment(env));
    }
    async alarm(...args) {
      add(counts.objectRequests, `${name} alarm`, 1);
      return await super.alarm?.(...args);
    }
  };
}

export const SymbolObject = meteredClass(bundled.SymbolObject, "SYMBOLS");
export const RegistryObject = meteredClass(bundled.RegistryObject, "REGISTRY");
export const DirectoryObject = meteredClass(bundled.DirectoryObject, "DIRECTORY");
export const AlertsObject = meteredClass(bundled.AlertsObject, "ALERTS");
export const HealthObject = meteredClass(bundled.HealthObject, "HEALTH");
export const FeedObject = meteredClass(bundled.FeedObject, "FEEDS");

for (const level of ["log", "warn", "error"]) {
  const write = console[level].bind(console);
  console[level] = (...args) => {
    counts.logLines += 1;
    write(...args);
  };
}

export default {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname !== "/__meter") return await gateway.fetch(request, meteredEnvironment(env), ctx);
    settle(0);
    const said = JSON.stringify(counts);
    for (const name of ["objectRequests", "rowsWritten", "rowsRead", "activeMs"]) counts[name] = {};
    counts.logLines = 0;
    return new Response(said);
  },
};

export const bell = {
  async fetch(request, env, ctx) {
    const cron = new URL(request.url).searchParams.get("cron") ?? "";
    const controller = { cron, scheduledTime: Date.now(), noRetry: () => undefined };
    await gateway.scheduled(controller, meteredEnvironment(env), ctx);
    return new Response("ok");
  },
};
