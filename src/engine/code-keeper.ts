// Keeps a library's codes on disk, so that one that is opened again searches by them at once: loads them when the engine opens, saves
// them when they were made or measured anew, and when it closes if much has changed. Searches never wait for it.

import { existsSync } from "node:fs";
import { LodestoneError } from "../errors.js";
import { defaultCodes, type VectorIndex } from "../vectors/index.js";
import { type IndexFolder, makeIndexFolder } from "./index-folder.js";

export type CodeKeeperOptions = {
  folder: IndexFolder;
  /** Number of the last change that the index has seen. */
  sequence(): number;
  readOnly: boolean;
  /** Rows from which codes are made. */
  fromRows?: number;
  onNotice(notice: string): void;
};

/** Codes that are not in the file are made again when the library opens: 4096 take 20 ms. */
const SAVED_FROM_ROWS = 4096;

export class CodeKeeper {
  readonly #vectors: VectorIndex;
  readonly #options: CodeKeeperOptions;
  #saving: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(vectors: VectorIndex, options: CodeKeeperOptions) {
    this.#vectors = vectors;
    this.#options = options;
  }

  /** Puts stored codes to use; reports those that cannot be. */
  async load(): Promise<void> {
    const { fromRows = defaultCodes.minRows, readOnly } = this.#options;
    const { rows } = await this.#vectors.status();
    if (rows >= fromRows) await this.#load();
    if (!readOnly) this.#follow();
  }

  /** Saves what has changed, where it is worth it. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#saving;
    if (!this.#options.readOnly && (await this.#isUnsaved())) await this.#save();
  }

  async #isUnsaved(): Promise<boolean> {
    try {
      const { codes } = await this.#vectors.status();
      return codes.state === "ready" && codes.unsavedRows >= SAVED_FROM_ROWS;
    } catch (error) {
      // The search thread is gone, and the codes with it.
      if (!(error instanceof LodestoneError)) throw error;
      return false;
    }
  }

  async #load(): Promise<void> {
    const { folder, readOnly, onNotice } = this.#options;
    try {
      await this.#vectors.loadCodes(this.#place());
    } catch (error) {
      if (!(error instanceof LodestoneError)) throw error;
      const instead = "They are made in the background; searches are exact meanwhile.";
      if (error.code !== "NOT_FOUND") onNotice(`The stored codes are not used: ${error.message} ${instead}`);
      // Where nothing was ever stored, nothing is missing.
      else if (!readOnly && existsSync(folder.directory)) onNotice(`The stored codes are gone. ${instead}`);
    }
  }

  // Ends when the index is closed or its thread is gone, which rejects; searches tell of the latter.
  async #follow(): Promise<void> {
    try {
      for (let seen = 0; !this.#closed; ) {
        seen = await this.#vectors.codesMade(seen);
        if (this.#closed) return;
        this.#saving = this.#save();
        await this.#saving;
      }
    } catch (error) {
      if (!(error instanceof LodestoneError)) throw error;
    }
  }

  async #save(): Promise<void> {
    try {
      await makeIndexFolder(this.#options.folder);
      await this.#vectors.saveCodes(this.#place());
    } catch (error) {
      if (!(error instanceof LodestoneError)) throw error;
      this.#options.onNotice(`The codes could not be saved, and are made anew at the next start: ${error.message}`);
    }
  }

  #place() {
    return { ...this.#options.folder, sequence: this.#options.sequence() };
  }
}
