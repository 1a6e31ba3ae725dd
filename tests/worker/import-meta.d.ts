// What Vitest puts on import.meta, for tests that run in Node and in workerd; as Vite itself declares it.
interface ImportMetaEnv {
  MODE: string;
}

interface ImportMeta {
  readonly env: ImportMetaEnv;
}
