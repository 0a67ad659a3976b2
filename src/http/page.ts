// The search page: the files that Vite built into dist/web.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { Api } from "./api-schema.js";

/** Vite names these files after their content: a changed one has another name. */
const HASHED = "assets";

const notBuilt = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Lodestone: page not built</title></head>
  <body>
    <h1>The search page is not built</h1>
    <p>Run <code>npm run build</code> in Lodestone's folder and start the server again.</p>
    <p>The API works without it: see <a href="/docs">its description</a>.</p>
  </body>
</html>
`;

/** Serves the page at / and its files beside it; says so where `directory` holds none. */
export async function pageRoutes(api: Api, directory: string): Promise<void> {
  const hidden = { schema: { hide: true } };
  if (!existsSync(join(directory, "index.html"))) {
    api.get("/", hidden, async (_request, reply) => reply.code(503).type("text/html; charset=utf-8").send(notBuilt));
    return;
  }
  await api.register(fastifyStatic, {
    root: join(directory, HASHED),
    prefix: `/${HASHED}/`,
    index: false,
    dotfiles: "ignore",
    acceptRanges: false,
    cacheControl: true,
    immutable: true,
    maxAge: "365d",
  });
  // These keep their names, so that browsers have to ask each time whether they are still the same.
  const files = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { name } of files) {
    api.get(name === "index.html" ? "/" : `/${name}`, hidden, async (_request, reply) =>
      reply.header("cache-control", "no-cache").sendFile(name, directory, { cacheControl: false }),
    );
  }
}
