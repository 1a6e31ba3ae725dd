// Uses a bucket in every way that the gateway does, and answers what came, without what two buckets cannot have in
// common: versions and times.
export default {
  async fetch(request, { BUCKET }) {
    if (request.method === "OPTIONS") return new Response("ready");
    const said = [];
    const say = async (name, doing) => {
      try {
        said.push([name, await doing()]);
      } catch (error) {
        said.push([name, `${error.message}`.replace(/^(\w+): .*(\(\d+\))$/, "$1 $2")]);
      }
    };
    const plain = (object) =>
      object && {
        key: object.key,
        size: object.size,
        etag: object.etag,
        httpEtag: object.httpEtag,
        http: object.httpMetadata,
        custom: object.customMetadata,
        range: object.range,
        md5: object.checksums?.md5 && [...new Uint8Array(object.checksums.md5)],
        hasBody: "body" in object,
      };
    const listed = async (options) => {
      const { objects, delimitedPrefixes, truncated, cursor } = await BUCKET.list(options);
      return {
        keys: objects.map(({ key }) => key),
        objects: objects.map(plain),
        delimitedPrefixes,
        truncated,
        cursor: cursor !== undefined,
      };
    };
    const fields = { httpMetadata: { contentType: "text/html; charset=utf-8" }, customMetadata: { a: "1", ü: "ö" } };
    await say("put", async () => plain(await BUCKET.put("a/one.html", "hello world", fields)));
    await say("put bytes", async () => plain(await BUCKET.put("a/two", new Uint8Array([1, 2, 3]).buffer)));
    await say("put empty", async () => plain(await BUCKET.put("a/empty", "")));
    await say("create again", () => BUCKET.put("a/two", "x", { onlyIf: { etagDoesNotMatch: "*" } }));
    await say("create", async () => plain(await BUCKET.put("b/x/1", "x", { onlyIf: { etagDoesNotMatch: "*" } })));
    await say("head", async () => plain(await BUCKET.head("a/one.html")));
    await say("head none", () => BUCKET.head("none"));
    await say("get", async () => (await BUCKET.get("a/one.html")).text());
    await say("get object", async () => plain(await BUCKET.get("a/one.html")));
    await say("get empty", async () => (await BUCKET.get("a/empty")).text());
    await say("get none", () => BUCKET.get("none"));
    for (const range of [
      { offset: 2, length: 3 },
      { offset: 6 },
      { length: 4 },
      { suffix: 5 },
      { offset: 8, length: 99 },
    ]) {
      await say(`range ${JSON.stringify(range)}`, async () => {
        const object = await BUCKET.get("a/one.html", { range });
        return [await object.text(), object.range];
      });
    }
    await say("range beyond", () => BUCKET.get("a/one.html", { range: { offset: 99 } }));
    const { etag } = await BUCKET.head("a/two");
    await say("replace if it matches", async () =>
      plain(await BUCKET.put("a/two", "new", { onlyIf: { etagMatches: etag } })),
    );
    await say("replace if it matched", () => BUCKET.put("a/two", "newer", { onlyIf: { etagMatches: etag } }));
    await say("get if it matched", async () => plain(await BUCKET.get("a/two", { onlyIf: { etagMatches: etag } })));
    for (const key of ["b/x/2", "b/y", "c", "c%20d e@ü"]) await BUCKET.put(key, key, fields);
    await say("list", () => listed());
    await say("list with fields", () => listed({ include: ["httpMetadata", "customMetadata"] }));
    await say("list prefix", () => listed({ prefix: "b/" }));
    await say("list folders", () => listed({ delimiter: "/" }));
    await say("list folders below", () => listed({ prefix: "b/", delimiter: "/" }));
    await say("list after", () => listed({ startAfter: "b/x/1" }));
    await say("list pages", async () => {
      const pages = [];
      let cursor;
      do {
        const page = await BUCKET.list({ limit: 3, ...(cursor === undefined ? {} : { cursor }) });
        pages.push(page.objects.map(({ key }) => key));
        cursor = page.truncated ? page.cursor : undefined;
      } while (cursor !== undefined);
      return pages;
    });
    await say("delete", () => BUCKET.delete("c"));
    await say("delete several", () => BUCKET.delete(["a/two", "none", "b/y"]));
    await say("list at the end", () => listed());
    await say("a name that is too long", () => BUCKET.put("x".repeat(1025), "x"));
    const big = new Uint8Array(3_000_000).map((_, i) => i % 251);
    await say("big", async () => {
      await BUCKET.put("big", big);
      const bytes = new Uint8Array(await (await BUCKET.get("big")).arrayBuffer());
      return bytes.length === big.length && bytes.every((byte, i) => byte === big[i]);
    });
    return Response.json(said);
  },
};
