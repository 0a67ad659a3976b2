// Opens a library, answers one query and prints how long after the start of this process each was done (milliseconds).
//   node open-once.js LIBRARY

const { openEngine } = await import("../src/index.js");
const imported = performance.now();
const engine = await openEngine({ library: process.argv[2]!, readOnly: true });
const opened = performance.now();
await engine.search({ query: "how do I rotate the signing keys" });
const answered = performance.now();
await engine.close();
console.log(JSON.stringify({ imported, opened, answered }));
