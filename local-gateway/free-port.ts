// Which port of the loopback address is free.
import { createServer } from "node:net";

/** The first free TCP port of 127.0.0.1 in [from, from + tries), `undefined` when all are taken. */
export async function findFreePort(from: number, tries: number): Promise<number | undefined> {
  for (let port = from; port < from + tries && port <= 65_535; port++) {
    if (await isFree(port)) return port;
  }
  return undefined;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
