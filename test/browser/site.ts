// A Chromium and a server for the tests of one file. Each visit is a fresh browser profile, and each one also proves that the page
// wrote no error to the console and asked nothing of any other origin.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before } from "node:test";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { chromium } from "playwright-core";
import type { Engine } from "../../src/index.js";
import { contrastOf } from "./contrast.js";
import type { ServerUnderTest } from "./server-under-test.js";
import { startServer } from "./server-under-test.js";

const knownPaths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = process.env.CHROMIUM_PATH ?? knownPaths.find((path) => existsSync(path));

/** For `test(name, { skip }, ...)`: false, or the reason that is printed. */
export const skip =
  executablePath === undefined ? "browser tests skipped: no Chromium found (set CHROMIUM_PATH)" : false;

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export type Visit = {
  path?: string;
  context?: BrowserContextOptions;
  /** Called before the page is opened: the place to answer requests in the server's stead. */
  prepare?: (page: Page) => Promise<unknown>;
  /** The browser itself reports refused requests on the console; a visit that provokes them says so. */
  provokesErrors?: boolean;
};

export type Site = {
  visit(options: Visit, walk: (page: Page) => Promise<void>): Promise<void>;
  url(): string;
  /** The engine behind the server. */
  engine(): Engine;
  /** Source of a function from an element to its contrast. */
  readonly contrastOf: string;
};

/** Registers the hooks that start and stop both; call it once, at the top of a test file. */
export function openSite(): Site {
  let browser: Browser | undefined;
  let server: ServerUnderTest | undefined;

  before(async () => {
    if (skip !== false || executablePath === undefined) return;
    server = await startServer();
    browser = await chromium.launch({ executablePath, args: flags });
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const url = () => {
    assert.ok(server !== undefined, "the server was not started");
    return server.url;
  };

  return {
    url,
    contrastOf,
    engine() {
      assert.ok(server !== undefined, "the server was not started");
      return server.engine;
    },
    async visit({ path = "/", context: contextOptions, prepare, provokesErrors = false }, walk) {
      assert.ok(browser !== undefined, "the browser was not started");
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...contextOptions });
      const complaints: string[] = [];
      try {
        const page = await context.newPage();
        page.setDefaultTimeout(15_000);
        page.on("pageerror", (error) => complaints.push(error.message));
        page.on("console", (message) => {
          if (message.type() === "error" && !provokesErrors) complaints.push(message.text());
        });
        page.on("request", (request) => {
          if (!request.url().startsWith(`${url()}/`)) complaints.push(`asked ${request.url()}`);
        });
        await prepare?.(page);
        await page.goto(`${url()}${path}`);
        await walk(page);
        assert.deepEqual(complaints, []);
      } finally {
        await context.close();
      }
    },
  };
}

export async function textOf(part: Locator): Promise<string> {
  return (await part.textContent()) ?? "";
}

/** Waits until what `read` gives satisfies `holds`, and returns it; fails with the last value. */
export async function eventually<T>(page: Page, read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const deadlineMs = Date.now() + 15_000;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    assert.ok(Date.now() < deadlineMs, `still ${JSON.stringify(value)}`);
    await page.evaluate("new Promise(requestAnimationFrame)");
  }
}
