// Who may import whom, and no circles: the rooms of docs/architecture.md as rules. Types travel where a rule says so, so
// that nobody declares a figure twice.

/** Folders of pure code: no clock, no input or output, no unseeded randomness. */
const CORE = "^src/(features|quality|drift|model|markets)/";
/** Small files at the top of src that any room may use. */
const SHARED = "^src/(log|check|shown|bindings|settings|alert-settings|settings-error)\\.";
const TYPE_ONLY = ["type-only", "type-import"];

/** A rule that `from` imports nothing of the project but itself and what matches one of `may`. */
function room(name, from, may, { typesOf = [], comment } = {}) {
  const inside = [from, ...may].join("|");
  const project = "^(src|feeds|recordings|report|onnx|trainer|bench|build|tests)/";
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
      from: { path: "^src/(features|quality|drift|markets)/|^src/model/manifest" },
      to: { dependencyTypes: ["npm", "npm-dev", "core"], pathNot: "node_modules/valibot/" },
    },
    ...room("features", "^src/features/", []),
    ...room("markets", "^src/markets/", ["^src/features/"]),
    ...room("drift", "^src/drift/", ["^src/features/"]),
    ...room("quality", "^src/quality/", ["^src/features/", "^src/model/manifest"]),
    ...room("model", "^src/model/", ["^src/(features|drift)/", "^dist/"]),
    ...["symbol", "registry", "directory", "alerts"].flatMap((name) =>
      room(`durable-${name}`, `^src/durable/${name}/`, [CORE, SHARED, "^src/clients/", "^src/model-refresh\\."], {
        comment: "An object calls another one through src/clients.",
      }),
    ),
    ...room("clients", "^src/clients/", [CORE, SHARED], { typesOf: ["^src/durable/"] }),
    ...room("jobs", "^src/jobs/", [CORE, SHARED, "^src/clients/", "^src/model-refresh\\.", "^report/"], {
      typesOf: ["^src/durable/"],
    }),
    ...room("http", "^src/http/", [CORE, SHARED, "^src/(clients|jobs|metrics)/", "^src/(metrics|model-refresh)\\."], {
      typesOf: ["^src/durable/"],
    }),
    ...room("recordings", "^recordings/", [CORE]),
    ...room("report", "^report/", [CORE]),
    ...room("onnx", "^onnx/", ["^src/model/plain-memory\\."]),
    ...room("trainer", "^trainer/", [CORE, "^(recordings|report|onnx)/", "^src/http/[a-z-]+-schema\\.ts$"]),
    ...room("feeds", "^feeds/", [CORE, "^(recordings|report|onnx)/", "^src/http/[a-z-]+-schema\\.ts$"]),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.node.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { extensions: [".ts", ".js", ".json"] },
  },
};
