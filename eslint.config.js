// No floating promises, no `any`, no assertion that asserts nothing, and only exact arithmetic in the folders that must give
// the same bits in Node and in workerd (docs/decisions/0001). Who may import whom is in .dependency-cruiser.mjs.
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

export default tseslint.config(
  {
    ignores: [
      ".cache/",
      "dist/",
      ".wrangler/",
      "node_modules/",
      "artifacts/",
      "src/bindings.d.ts",
      "clients/typescript/src/api-types.ts",
    ],
  },
  ...tseslint.configs.recommended,
  {
    languageOptions: {
      parserOptions: {
        project: [
          "tsconfig.pure.json",
          "tsconfig.worker.json",
          "tsconfig.node.json",
          "tsconfig.dashboard.json",
          "tsconfig.browser-tests.json",
          "clients/typescript/tsconfig.json",
        ],
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
      "@typescript-eslint/no-unnecessary-type-assertion": "error",
      // Prettier breaks code; only comments are left to a rule.
      "max-len": ["error", { code: 1000, comments: 120, ignoreUrls: true }],
      eqeqeq: "error",
    },
  },
  {
    files: [
      "src/log.ts",
      "command-line/**",
      "build/**",
      "feeds/**",
      "self-host/**",
      "costs/**",
      "recordings/**",
      "requests/**",
      "trainer/**",
      "fuzz/**",
      "bench/**",
      "chaos/**",
      "tests/**",
    ],
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
);
