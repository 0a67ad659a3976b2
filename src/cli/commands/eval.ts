// lodestone eval: measuring quality, and making judged sets to measure it on.

import type { Command } from "commander";
import { describe, type Face } from "../face.js";
import { addEvalAblationCommand } from "./eval-ablation.js";
import { addEvalCompareCommand } from "./eval-compare.js";
import { addEvalLogCommand } from "./eval-log.js";
import { addEvalMakeCommand } from "./eval-make.js";
import { addEvalRunCommand } from "./eval-run.js";
import { addEvalSweepCommand } from "./eval-sweep.js";

export function addEvalCommand(program: Command, face: Face): void {
  const command = program.command("eval").description("Measure the quality and the speed of search on judged queries.");
  describe(command, {
    examples: [
      "eval data/scifact data/medline --baseline bm25",
      "eval make --library ~/library --out judged && lodestone eval judged --library ~/library",
      "eval sweep data/scifact --over fusion.lexicalWeight=0.3..0.8:0.1",
    ],
    notes: [
      "Without a command it is run: lodestone eval data/scifact. Options: lodestone eval run --help.",
      "A collection is a folder in BEIR layout: corpus.jsonl, queries.jsonl and qrels/test.tsv. The first measure (nDCG@10) is what\n" +
        "is compared and what settings are chosen by.",
    ],
  });
  addEvalRunCommand(command, face);
  addEvalCompareCommand(command, face);
  addEvalSweepCommand(command, face);
  addEvalAblationCommand(command, face);
  addEvalMakeCommand(command, face);
  addEvalLogCommand(command, face);
}
