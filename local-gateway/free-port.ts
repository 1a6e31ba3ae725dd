// Which port of the loopback address is free.
import { createServer } from "node:net";

/** The first free TCP port of 127.0.0.1 in [from, from + tries), `undefined` when all are taken. */
export async function findFreePort(from: number, tries: number): Promise<number | undefined> {
  for (let port = from; port < from + tries && port <= 65_535; port++) {
    if (await isFree(port)) return port;
  }
  return undefined;
}

/** Below those of outgoing connections, on Linux from 32,768 on: none takes a server's port while it is away. */
const FIRST_OF_ANY = 10_000;
const PORTS_OF_ANY = 22_000;
const given = new Set<number>();

/** A free port for a server that may be killed and started again there; each time another one. */
export async function freePort(): Promise<number> {
  while (given.size < PORTS_OF_ANY) {
    const port = FIRST_OF_ANY + Math.floor(Math.random() * PORTS_OF_ANY);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${FIRST_OF_ANY} to ${FIRST_OF_ANY + PORTS_OF_ANY - 1}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
