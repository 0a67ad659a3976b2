// Finds changes by looking at all files again and again: for file systems that tell nobody of changes (network drives, some
// containers), and for systems that watch no more folders.

import type { Clock } from "../clock.js";
import { isSkip } from "../documents/index.js";
import { type FindOptions, findFiles } from "../readers/index.js";

export type PollWatchOptions = {
  targets: readonly string[];
  find: FindOptions;
  /** Shortest pause between two looks; a look that takes long is followed by a pause four times as long. */
  everyMs: number;
  clock: Clock;
  onChange(path: string): void;
};

const REST_FACTOR = 4;

export class PollWatch {
  readonly #options: PollWatchOptions;
  #known = new Map<string, string>();
  #cancel: () => void = () => undefined;
  #isClosed = false;

  private constructor(options: PollWatchOptions) {
    this.#options = options;
  }

  /** Resolves after the first look, from which changes are told. */
  static async open(options: PollWatchOptions): Promise<PollWatch> {
    const poll = new PollWatch(options);
    const startMs = options.clock.now();
    poll.#known = await poll.#look();
    poll.#rest(startMs);
    return poll;
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  #rest(startMs: number): void {
    const { clock, everyMs } = this.#options;
    if (this.#isClosed) return;
    this.#cancel = clock.after(Math.max(everyMs, (clock.now() - startMs) * REST_FACTOR), () => void this.#again());
  }

  async #again(): Promise<void> {
    const { clock, onChange } = this.#options;
    const startMs = clock.now();
    const found = await this.#look();
    if (this.#isClosed) return;
    for (const [path, facts] of found) if (this.#known.get(path) !== facts) onChange(path);
    for (const path of this.#known.keys()) if (!found.has(path)) onChange(path);
    this.#known = found;
    this.#rest(startMs);
  }

  async #look(): Promise<Map<string, string>> {
    const { targets, find } = this.#options;
    const found = new Map<string, string>();
    for (const target of targets) {
      try {
        for await (const file of findFiles(target, find)) {
          if (!isSkip(file)) found.set(file.path, `${file.sizeBytes} ${file.modifiedAtMs}`);
          // What cannot be read is unknown, not gone.
          else if (this.#known.has(file.path)) found.set(file.path, this.#known.get(file.path)!);
        }
      } catch {
        // A target that is not there holds no files; that it is missing is noticed by whoever opened this.
      }
    }
    return found;
  }
}
