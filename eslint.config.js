// Lint rules that hold the house together: no floating promises, no `any`, who may import whom (docs/decisions/0002),
// and only exact arithmetic in the folders that must give the same bits in Node and in workerd (docs/decisions/0001).
import tseslint from "typescript-eslint";

const inexactMath = [
  "acos",
  "acosh",
  "asin",
  "asinh",
  "atan",
  "atan2",
  "atanh",
  "cbrt",
  "cos",
  "cosh",
  "exp",
  "expm1",
  "hypot",
  "log",
  "log10",
  "log1p",
  "log2",
  "pow",
  "sin",
  "sinh",
  "tan",
  "tanh",
  "random",
];

/** Forbids imports of other folders of this repository, of all models' code but the manifest, and of every package. */
function zone(files, { ignores = [], forbidden, manifestOnly = false, packages = true }) {
  const patterns = [
    { regex: `^(\\.\\./)+(src/)?(${forbidden.join("|")})(/|\\.ts$|$)`, message: "Outside this folder's import zone." },
  ];
  if (manifestOnly) {
    patterns.push({
      regex: "^(\\.\\./)+src/model/(?!manifest(-[a-z]+)?\\.ts$)",
      message: "Of src/model, only the manifest is shared with the programs in Node.",
    });
  }
  if (!packages) {
    patterns.push({ regex: "^(?!valibot$)[^.]", message: "Pure folders import no package but valibot (no globals)." });
  }
  return { files, ignores, rules: { "no-restricted-imports": ["error", { patterns }] } };
}

export default tseslint.config(
  { ignores: [".cache/", "dist/", ".wrangler/", "node_modules/", "artifacts/", "src/bindings.d.ts"] },
  ...tseslint.configs.recommended,
  {
    languageOptions: {
      parserOptions: {
        project: ["tsconfig.pure.json", "tsconfig.worker.json", "tsconfig.node.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    files: ["**/*.ts"],
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "no-console": "error",
      eqeqeq: "error",
    },
  },
  {
    files: ["src/log.ts", "build/**", "feeds/**", "recordings/**", "trainer/**", "bench/**", "tests/**"],
    rules: { "no-console": "off" },
  },
  {
    files: ["src/features/**", "src/quality/**", "src/drift/**", "src/model/manifest*.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        ...inexactMath.map((property) => ({
          object: "Math",
          property,
          message: "Not the same bits in Node and workerd: use src/features/exact-math.ts.",
        })),
        { object: "Date", property: "now", message: "The clock in pure code is the tick's own." },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "BinaryExpression[operator='**']", message: "`**` is Math.pow: not exact." },
        { selector: "AssignmentExpression[operator='**=']", message: "`**=` is Math.pow: not exact." },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: "No clock in pure code." },
        {
          selector: "VariableDeclarator[init.name='Math'], Property[value.name='Math']",
          message: "No alias or destructuring of Math: the exactness rule could not see through it.",
        },
      ],
    },
  },
  zone(["src/features/**"], {
    forbidden: ["durable", "model", "quality", "drift", "metrics", "http", "worker", "trainer", "feeds", "bench"],
    packages: false,
  }),
  zone(["src/quality/**", "src/drift/**", "src/model/manifest*.ts"], {
    forbidden: ["durable", "metrics", "http", "worker", "trainer", "feeds", "bench"],
    packages: false,
  }),
  zone(["src/model/**"], {
    ignores: ["src/model/manifest*.ts"],
    forbidden: ["durable", "quality", "drift", "metrics", "http", "worker", "trainer", "feeds", "bench"],
  }),
  zone(["src/durable/**"], { forbidden: ["http", "worker", "trainer", "feeds", "bench"] }),
  zone(["src/metrics/**"], {
    forbidden: ["durable", "model", "quality", "drift", "http", "worker", "trainer", "feeds", "bench"],
  }),
  zone(["src/http/**", "src/worker.ts"], { forbidden: ["trainer", "feeds", "bench"] }),
  zone(["trainer/**", "feeds/**"], {
    // Schemas and contracts of routes are pure: the clients share them.
    forbidden: ["durable", "http(?!/[a-z-]+-schema\\.ts$)", "src/metrics", "worker", "bench"],
    manifestOnly: true,
  }),
);
