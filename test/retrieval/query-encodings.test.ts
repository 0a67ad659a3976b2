import assert from "node:assert/strict";
import { test } from "node:test";
import { queryEncodings } from "../../src/retrieval/query-encodings.js";
import { TimeoutError } from "../../src/retrieval/time-limit.js";

/** An encoder that answers when it is told to, and notes what it was asked and what was given up. */
function encoderByHand() {
  const asked: string[] = [];
  const givenUp: string[] = [];
  const answers = new Map<string, (encoding: string) => void>();
  const encodings = queryEncodings<string>((query, signal) => {
    asked.push(query);
    return new Promise((resolve, reject) => {
      answers.set(query, resolve);
      signal.addEventListener("abort", () => {
        givenUp.push(query);
        reject(new Error("aborted"));
      });
    });
  });
  return { asked, givenUp, encodings, answer: (query: string) => answers.get(query)!(`encoding of ${query}`) };
}

test("a query that is asked several times at once is encoded once", async () => {
  const { asked, encodings, answer } = encoderByHand();
  const both = Promise.all([encodings.within("whales", 60_000), encodings.within("whales", 60_000)]);
  answer("whales");
  assert.deepEqual(await both, ["encoding of whales", "encoding of whales"]);
  assert.deepEqual(asked, ["whales"]);
});

test("an encoding that is late goes on, and whoever asks again waits for the same one", async () => {
  const { asked, givenUp, encodings, answer } = encoderByHand();
  await assert.rejects(encodings.within("whales", 1), TimeoutError);
  const again = encodings.within("whales", 60_000);
  answer("whales");
  assert.equal(await again, "encoding of whales");
  assert.deepEqual([asked, givenUp], [["whales"], []]);
});

test("of many that are late, all but some are given up; one that somebody waits for never is", async () => {
  const { asked, givenUp, encodings, answer } = encoderByHand();
  const wanted = encodings.within("wanted", 60_000);
  const queries = Array.from({ length: 20 }, (_, i) => `query ${i}`);
  for (const query of queries) await assert.rejects(encodings.within(query, 1), TimeoutError);
  assert.deepEqual(givenUp, queries.slice(4));
  const again = encodings.within("query 19", 60_000);
  for (const query of ["wanted", "query 19"]) answer(query);
  assert.deepEqual(await Promise.all([wanted, again]), ["encoding of wanted", "encoding of query 19"]);
  assert.equal(asked.filter((query) => query === "query 19").length, 2);
});

test("what an encoder cannot do is told to everybody who asked, and tried again by the next", async () => {
  let tries = 0;
  const encodings = queryEncodings(async () => {
    tries++;
    throw new Error("no such token");
  });
  const both = [encodings.within("whales", 60_000), encodings.within("whales", 60_000)];
  for (const asked of both) await assert.rejects(asked, /no such token/);
  await assert.rejects(encodings.within("whales", 60_000), /no such token/);
  assert.equal(tries, 2);
});
