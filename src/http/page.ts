// The search page: the files that Vite built into dist/web, and beside them the report of the benchmarks.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { Api } from "./api-schema.js";
import { securityHeaders } from "./security.js";

/** Vite names these files after their content: a changed one has another name. */
const HASHED = "assets";
/** One file that is whole by itself, so that it can be opened from a disk too: scripts/place-report.js puts it there. */
const REPORT = "benchmarks.html";

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
    const headers = { "cache-control": "no-cache", ...(name === REPORT ? reportPolicy(join(directory, name)) : {}) };
    api.get(addressOf(name), hidden, async (_request, reply) =>
      reply.headers(headers).sendFile(name, directory, { cacheControl: false }),
    );
  }
}

function addressOf(name: string): string {
  if (name === "index.html") return "/";
  return name === REPORT ? "/benchmarks" : `/${name}`;
}

/** The report brings its style with it: just that one is allowed, by its hash. It has no script. */
function reportPolicy(path: string): Record<string, string> {
  const style = /<style>([\s\S]*?)<\/style>/.exec(readFileSync(path, "utf8"))?.[1] ?? "";
  const hash = createHash("sha256").update(style).digest("base64");
  const name = "content-security-policy";
  return { [name]: String(securityHeaders[name]).replace("style-src 'self'", `style-src 'sha256-${hash}'`) };
}
