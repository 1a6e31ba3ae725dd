// Who may import whom, and no circles: the rooms of docs/architecture.md as rules. Types travel where a rule says so, so
// that nobody declares a figure twice.

/** Folders of pure code: no clock, no input or output, no unseeded randomness. */
const CORE =
  "^src/(features|quality|drift|model|markets|schemas|scorer|steps|stream|overview|volatility|recalibration|spikes|threshold)/";
/** What any room of the Worker may use. */
const SHARED = "^src/(settings|words|health|counting)/|^src/(log|settings|model-refresh|request-context|metrics)\\.";
/** What counts and names a request wherever it happens; it imports nothing but the catalogue and schemas. */
const COUNTING = "^src/(counting/|metrics\\.|request-context\\.)";
/** What the objects on itty-durable keep, as schemas and pure functions: their callers read it with the same code. */
const KEPT_STATE = "^src/durable/(registry|directory|alerts|itty)/(?!object\\.)";
/** Rooms that trainer and feeds share, so that neither imports the other. */
const NEUTRAL =
  "^(command-line|recordings|requests|model-artifacts|simulator|gateway-client|local-gateway|report|onnx)/";
/** The schemas of bodies and answers, which a client shares with the gateway, and the check that reads them. */
const CONTRACTS = "^src/http/[a-z-]+-schema\\.ts$";
/** What a user can mend is told apart from a bug in every room that reads what a user gives. */
const USER_ERROR = "^command-line/user-error\\.ts$";
/** What recordings need of a program: names that were mistyped, and a folder that the process removes. */
const PROGRAM_PARTS = "^command-line/(nearest-names|temporary-folder)\\.ts$";
/** Sockets that bring ticks, for the objects that hold them. */
const FRAMES = "^src/frames/";
/** What reads posted ticks and reports what became of them, for every way that they come. */
const READS_TICKS =
  "^src/http/(body-limits|content-hash|ingest-report|json-text|parse-ticks|posted-ticks|problem|symbol-(batches|failures)|tick-socket-schema)\\.";
const TYPE_ONLY = ["type-only", "type-import"];

/** A rule that `from` imports nothing of the project but itself and what matches one of `may`. */
function room(name, from, may, { typesOf = [], comment } = {}) {
  const inside = [from, ...may].join("|");
  const project = `^(src|clients|feeds|self-host|costs|trainer|bench|fuzz|build|dashboard|ops|tests)/|${NEUTRAL}`;
  const rules = [
    {
      name: `${name}-imports-its-own`,
      severity: "error",
      ...(comment === undefined ? {} : { comment }),
      from: { path: from },
      to: { path: project, pathNot: [inside, ...typesOf].join("|") },
    },
  ];
  if (typesOf.length > 0) {
    rules.push({
      name: `${name}-takes-types-only`,
      severity: "error",
      from: { path: from },
      to: { path: typesOf.join("|"), pathNot: inside, dependencyTypesNot: TYPE_ONLY },
    });
  }
  return rules;
}

export default {
  forbidden: [
    { name: "no-circle", severity: "error", from: {}, to: { circular: true } },
    {
      name: "pure-core-has-no-packages",
      comment: "The core runs in Node, in workerd and in tests alike. valibot is checks without globals.",
      severity: "error",
      from: {
        path: "^src/(features|quality|drift|markets|scorer|steps|stream|overview|volatility|recalibration|spikes|threshold)/|^src/model/manifest",
      },
      to: { dependencyTypes: ["npm", "npm-dev", "core"], pathNot: "node_modules/valibot/" },
    },
    {
      name: "client-has-no-packages",
      comment: "It runs in browsers and in every Node, and brings nothing along.",
      severity: "error",
      from: { path: "^clients/typescript/" },
      to: { dependencyTypes: ["npm", "npm-dev", "core"] },
    },
    ...room("schemas", "^src/schemas/", []),
    ...room("features", "^src/features/", ["^src/schemas/"]),
    ...room("markets", "^src/markets/", ["^src/(features|schemas)/"]),
    ...room("drift", "^src/drift/", ["^src/(features|schemas)/"]),
    ...room("quality", "^src/quality/", ["^src/(features|schemas)/", "^src/model/manifest"]),
    ...room("recalibration", "^src/recalibration/", ["^src/(features|quality)/"]),
    ...room("spikes", "^src/spikes/", ["^src/(features|schemas)/"]),
    ...room("threshold", "^src/threshold/", ["^src/(features|quality)/"]),
    ...room("steps", "^src/steps/", ["^src/features/"]),
    ...room("stream", "^src/stream/", ["^src/steps/"]),
    ...room("volatility", "^src/volatility/", ["^src/features/"]),
    ...room("overview", "^src/overview/", []),
    ...room("scorer", "^src/scorer/", []),
    ...room("model", "^src/model/", ["^src/(features|drift|schemas|scorer|volatility)/", "^dist/"]),
    ...room("words", "^src/words/", [CORE], { typesOf: ["^src/durable/"] }),
    ...room("settings", "^src/settings", [CORE, COUNTING]),
    ...room("counting", "^src/counting/", [CORE, "^src/metrics\\."]),
    ...["symbol", "registry", "directory", "alerts", "health", "feed", "overview", "metrics", "stream"].flatMap(
      (name) =>
        room(
          `durable-${name}`,
          `^src/durable/${name}/`,
          [CORE, SHARED, "^src/clients/", "^src/durable/itty/", FRAMES],
          {
            typesOf: ["^src/durable/"],
            comment: "An object calls another one through src/clients.",
          },
        ),
    ),
    ...room("durable-tick-sockets", "^src/durable/tick-sockets/", [CORE, SHARED, "^src/clients/", FRAMES]),
    ...room("frames", "^src/frames/", [CORE, SHARED, "^src/clients/", READS_TICKS], {
      typesOf: ["^src/durable/"],
      comment: "A socket's frame is read and reported with the same code as the body of POST /ingest.",
    }),
    ...room("clients", "^src/clients/", [CORE, SHARED, KEPT_STATE, "^src/frames/socket-facts\\."], {
      typesOf: ["^src/durable/"],
    }),
    ...room("jobs", "^src/jobs/", [CORE, SHARED, KEPT_STATE, "^src/clients/", "^report/"], {
      typesOf: ["^src/durable/"],
    }),
    ...room("health", "^src/health/", [
      CORE,
      COUNTING,
      "^src/(log|settings)\\.",
      "^src/clients/(cached-read|deadlined)\\.",
    ]),
    ...room("scrape", "^src/(scrape/|metrics\\.)", [CORE, "^src/(health|counting)/"], {
      typesOf: ["^src/(durable|jobs)/"],
    }),
    ...room("http", "^src/http/", [CORE, SHARED, KEPT_STATE, "^src/(clients|jobs|scrape)/"], {
      typesOf: ["^src/durable/"],
    }),
    ...room("requests", "^requests/", []),
    ...room("command-line", "^command-line/", [CORE]),
    ...room("recordings", "^recordings/", [CORE, "^requests/", USER_ERROR, PROGRAM_PARTS]),
    ...room("model-artifacts", "^model-artifacts/", [CORE, "^recordings/bucket/", USER_ERROR]),
    ...room("simulator", "^simulator/", [CORE]),
    ...room("gateway-client", "^gateway-client/", [CORE, "^requests/", CONTRACTS]),
    ...room("local-gateway", "^local-gateway/", ["^command-line/at-exit\\.ts$"]),
    ...room("costs", "^costs/", ["^command-line/"]),
    ...room("self-host", "^self-host/", [CORE, NEUTRAL]),
    ...room("report", "^report/", [CORE]),
    ...room("ops", "^ops/", []),
    ...room("client-stream", "^clients/typescript/src/stream/", [
      "^clients/typescript/src/(?!ticks/|volgate-client\\.|index\\.)",
      "^requests/(retry-delay|describe-failure)\\.",
    ]),
    ...room("client", "^clients/typescript/", [
      "^src/(features|markets|schemas)/",
      "^requests/(retry-delay|describe-failure)\\.",
    ]),
    ...room("dashboard", "^dashboard/", ["^report/", "^clients/typescript/src/(?!ticks/|volgate-client\\.|index\\.)"], {
      typesOf: [CONTRACTS],
      comment:
        "It runs in a browser: of the gateway it knows the answers. It draws with the kit of the reports, and reads streams with the client.",
    }),
    ...room("onnx", "^onnx/", ["^src/model/plain-memory\\."]),
    ...room("trainer", "^trainer/", [CORE, NEUTRAL, CONTRACTS]),
    ...room("feeds", "^feeds/(?!parity)", [CORE, NEUTRAL, CONTRACTS]),
    ...room("parity", "^feeds/parity", [CORE, NEUTRAL, CONTRACTS, "^feeds/", "^trainer/evaluate/metrics/"], {
      comment: "It drives both sides: what the gateway serves beside what the trainer computes.",
    }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.node.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { extensions: [".ts", ".js", ".json"] },
  },
};
