import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { libraryFolder, userLibrary } from "../../src/cli/library-folder.js";

test("--library comes before LODESTONE_LIBRARY, and that before the fallback", () => {
  const environment = { LODESTONE_LIBRARY: "from-environment" };
  assert.equal(libraryFolder("asked", { environment, fallback: "fallback" }), resolve("asked"));
  assert.equal(libraryFolder(undefined, { environment, fallback: "fallback" }), resolve("from-environment"));
  assert.equal(
    libraryFolder(undefined, { environment: { LODESTONE_LIBRARY: "" }, fallback: "fallback" }),
    resolve("fallback"),
  );
});

test("the user's library lies where the system keeps data", () => {
  assert.equal(
    userLibrary({ HOME: "/home/ada" }, "linux"),
    join("/home/ada", ".local", "share", "lodestone", "library"),
  );
  assert.equal(
    userLibrary({ HOME: "/home/ada", XDG_DATA_HOME: "/data" }, "linux"),
    join("/data", "lodestone", "library"),
  );
  assert.equal(userLibrary({ LOCALAPPDATA: "/local" }, "win32"), join("/local", "lodestone", "library"));
});
