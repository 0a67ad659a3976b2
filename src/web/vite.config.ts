// How the page is built: src/web -> dist/web. No plugin: JSX is compiled by Vite's own compiler for Preact. Nothing is
// inlined, because the server's content security policy allows no inline script, style or font.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: fileURLToPath(new URL("../../dist/web", import.meta.url)),
    emptyOutDir: true,
    // The licences of what the page is bundled with.
    license: { fileName: "licences.md" },
    // light-dark() and nesting stay as written: these are the first versions that know both.
    target: ["chrome123", "edge123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
