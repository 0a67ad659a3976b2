// The search page's files and how long a browser may keep them.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { startEverything, startServer } from "./server-under-test.js";

const folder = await mkdtemp(join(tmpdir(), "lodestone-page-"));
after(() => rm(folder, { recursive: true, force: true }));
const built = join(folder, "web");
await mkdir(join(built, "assets", "deep"), { recursive: true });
await writeFile(join(folder, "secret.txt"), "secret");
await writeFile(join(built, "index.html"), "<!doctype html><title>Page</title>");
await writeFile(join(built, "favicon.svg"), "<svg/>");
const reportStyle = "\nh1 { color: teal }\n";
await writeFile(join(built, "benchmarks.html"), `<!doctype html><style>${reportStyle}</style><h1>Measured</h1>`);
await writeFile(join(built, "assets", "index-B3dVUfz7.js"), "export {};");
await writeFile(join(built, "assets", ".hidden"), "hidden");

const { engine, server } = await startEverything({ after }, { pageDirectory: built });
const { ask } = server;

test("the page is asked for anew each time, and sent only when it has changed", async () => {
  const first = await ask("/");
  assert.equal(first.status, 200);
  assert.equal(first.headers["content-type"], "text/html; charset=utf-8");
  assert.equal(first.headers["cache-control"], "no-cache");
  assert.match(first.text, /<title>Page<\/title>/);
  const again = await ask("/?q=keys", { headers: { "if-none-match": first.headers.etag ?? "" } });
  assert.deepEqual([again.status, again.text], [304, ""]);
});

test("files beside the page are asked for anew, hashed ones are kept for ever", async () => {
  const icon = await ask("/favicon.svg");
  assert.equal(icon.headers["content-type"], "image/svg+xml");
  assert.equal(icon.headers["cache-control"], "no-cache");
  const script = await ask("/assets/index-B3dVUfz7.js");
  assert.equal(script.status, 200);
  assert.match(String(script.headers["content-type"]), /^(text|application)\/javascript/);
  assert.equal(script.headers["cache-control"], "public, max-age=31536000, immutable");
});

test("the report of the benchmarks may use the style that it brings with it, and nothing else", async () => {
  const report = await ask("/benchmarks");
  assert.equal(report.status, 200);
  assert.equal(report.headers["content-type"], "text/html; charset=utf-8");
  assert.equal(report.headers["cache-control"], "no-cache");
  assert.match(report.text, /<h1>Measured<\/h1>/);
  const policy = (text: unknown) =>
    new Map(
      String(text)
        .split("; ")
        .map((rule) => [rule.split(" ", 1)[0], rule]),
    );
  const [own, usual] = [report, await ask("/")].map(({ headers }) => policy(headers["content-security-policy"]));
  const hash = createHash("sha256").update(reportStyle).digest("base64");
  assert.equal(own?.get("style-src"), `style-src 'sha256-${hash}'`);
  assert.deepEqual(own, new Map(usual).set("style-src", `style-src 'sha256-${hash}'`));
});

for (const path of [
  "/assets/",
  "/assets/deep",
  "/assets/gone.js",
  "/assets/.hidden",
  "/assets/../index.html",
  "/assets/%2e%2e/%2e%2e/secret.txt",
  "/assets/..%2f..%2fsecret.txt",
  "/assets/..%5c..%5csecret.txt",
  "/assets/%00",
  "/../secret.txt",
  "/index.html",
  "/benchmarks.html",
]) {
  test(`${path} is nothing`, async () => {
    const answer = await ask(path);
    assert.ok([400, 404].includes(answer.status), `${answer.status}`);
    assert.equal(answer.headers["content-type"], "application/problem+json; charset=utf-8");
    assert.doesNotMatch(answer.text, /secret"|hidden"/);
  });
}

test("a file that is not the expected one fails the precondition", async () => {
  const answer = await ask("/assets/index-B3dVUfz7.js", { headers: { "if-match": '"other"' } });
  assert.deepEqual([answer.status, answer.json.code], [412, "PRECONDITION_FAILED"]);
});

test("where the page was not built, it says what to do", async (t) => {
  const bare = await startServer(t, engine, { pageDirectory: join(folder, "nowhere") });
  const answer = await bare.ask("/");
  assert.equal(answer.status, 503);
  assert.equal(answer.headers["content-type"], "text/html; charset=utf-8");
  assert.match(answer.text, /npm run build/);
  assert.equal((await bare.ask("/livez")).status, 200);
});
