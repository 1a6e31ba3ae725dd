// Which hosts a message may be sent to.
import { expect, it } from "vitest";
import { isPublicHost } from "../../src/settings/public-address.ts";

const isPublic = (url: string) => isPublicHost(new URL(url).hostname);

it.each([
  "hooks.example.com",
  "svc.example.com",
  "mysvc.io",
  "local.example.com",
  "8.8.8.8",
  "172.15.0.1",
  "172.32.0.1",
  "100.63.0.1",
  "11.0.0.1",
  "[2606:4700::1]",
])("takes %s", (host) => {
  expect(isPublic(`https://${host}/`)).toBe(true);
});

it.each([
  ...["localhost", "a.localhost", "localhost.", "db", "x.local", "x.internal", "x.internal.", "router.home.arpa"],
  ...[
    "api.prod.svc",
    "api.prod.svc.cluster.local",
    "a.pod",
    "a.cluster",
    "a.corp.",
    "a.lan",
    "nas.localdomain",
    "X.SVC",
  ],
  ...[
    "a.consul",
    "a.docker",
    "a.test",
    "metadata.google.internal",
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "017700000001",
    "0.0.0.0",
    "10.255.0.1",
    "172.16.0.1",
  ],
  ...["172.31.255.255", "192.168.0.1", "192.0.0.8", "169.254.169.254", "100.64.0.1", "198.18.0.1", "224.0.0.1"],
  ...["255.255.255.255", "[::]", "[::1]", "[::ffff:8.8.8.8]", "[64:ff9b::a00:1]", "[fc00::1]", "[fd12::1]"],
  ...["[fe80::1]", "[ff02::1]", "[2001::1]", "[2001:db8::1]", "[2002:a00:1::]"],
])("refuses %s", (host) => {
  expect(isPublic(`https://${host}/`)).toBe(false);
});
