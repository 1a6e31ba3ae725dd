// Files that tests in workerd import as text or as a data address: they have no file system.
declare module "*?raw" {
  const text: string;
  export default text;
}

declare module "*?url&inline" {
  const address: string;
  export default address;
}
