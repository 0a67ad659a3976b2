// What a person sees while files are indexed: how far, how fast, how long it will still take.

import type { IngestProgress } from "../../engine/index.js";
import { countOf, formatCount, formatRate, formatRemaining } from "../render/numbers.js";
import type { ProgressBar } from "./progress-bar.js";
import { openRateMeter } from "./rate-meter.js";

/** An `onProgress` for ingestPaths that draws on `bar`. Bytes measure how far it is: files differ too much in size. */
export function showIngest(bar: ProgressBar, now: () => number = performance.now.bind(performance)) {
  const bytesMeter = openRateMeter();
  const filesMeter = openRateMeter();
  const chunksMeter = openRateMeter();
  const total = { files: 0, bytes: 0 };
  const done = { files: 0, bytes: 0, chunks: 0 };

  const draw = () => {
    const bytesPerSecond = bytesMeter.perSecond();
    const filesPerSecond = filesMeter.perSecond();
    const chunksPerSecond = chunksMeter.perSecond();
    const left = total.bytes - done.bytes;
    const facts = [
      `${formatCount(done.files)}/${countOf(total.files, "file")}`,
      ...(filesPerSecond ? [`${formatRate(filesPerSecond)} files/s`] : []),
      ...(chunksPerSecond ? [`${formatRate(chunksPerSecond)} chunks/s`] : []),
      ...(bytesPerSecond ? [left > 0 ? `${formatRemaining((left / bytesPerSecond) * 1000)} left` : "writing"] : []),
    ];
    bar.show("Indexing", total.bytes === 0 ? 0 : done.bytes / total.bytes, facts.join("  "));
  };

  return (progress: IngestProgress): void => {
    const atMs = now();
    switch (progress.kind) {
      case "scanning":
        bar.show("Looking for files", 0, `${formatCount(progress.files)} found`);
        return;
      case "scanned":
        total.files = progress.files;
        total.bytes = progress.bytes;
        break;
      case "reading":
        done.files = progress.files;
        done.bytes = progress.bytes;
        break;
      case "indexed":
        done.chunks += progress.chunks;
        break;
      default:
        progress satisfies never;
    }
    filesMeter.note(done.files, atMs);
    bytesMeter.note(done.bytes, atMs);
    chunksMeter.note(done.chunks, atMs);
    if (total.files > 0) draw();
  };
}
