// A tiny collection in BEIR layout, four documents and two judged queries, which every stage answers without a mistake.

import type { Workplace } from "./run-cli.js";

const lines = (records: object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");

export function writeCollection(place: Workplace, name: string): void {
  place.write({
    [`${name}/corpus.jsonl`]: lines([
      { _id: "d1", title: "Wings", text: "Lift of a wing in the slipstream of a propeller." },
      { _id: "d2", title: "", text: "Heat transfer at the nose of a blunt body." },
      { _id: "d3", title: "", text: "" },
      { _id: "d4", title: "Shells", text: "Buckling of thin cylindrical shells under pressure." },
    ]),
    [`${name}/queries.jsonl`]: lines([
      { _id: "q1", text: "propeller slipstream and wing lift" },
      { _id: "q2", text: "buckling of shells" },
      { _id: "q3", text: "a query without judgements" },
    ]),
    [`${name}/qrels/test.tsv`]: "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td4\t1\nq2\td2\t0\n",
  });
}
