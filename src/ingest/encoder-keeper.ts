// An encoder of the ingest thread, kept alive: opened with the first batch, given up when it does not answer in time, opened
// anew after it stopped. Of several calls at one encoder only the one that it was working on is to blame.

import type { Clock } from "../clock.js";
import type { BiEncoder } from "../encoders/index.js";
import { LodestoneError } from "../errors.js";
import { ModelUnavailable } from "./retry.js";

/** An encoder that can be closed, and given up. */
export type Closable = Pick<BiEncoder, "close" | "abandon">;

export type EncoderKeeper<Encoder> = {
  /**
   * One call at the encoder, about so many texts; made again where the encoder ended for another call. Throws ModelUnavailable where
   * none can be opened, WORKER_FAILED past the time limit.
   */
  use<T>(texts: number, call: (encoder: Encoder) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

export type EncoderKeeperOptions<Encoder> = {
  open(): Promise<Encoder>;
  /** How long a call with `fullBatch` texts may take once the calls before it are done; smaller ones in proportion. */
  limitMs: number;
  fullBatch: number;
  clock: Clock;
};

type Call = { texts: number; stall(error: Error): void };

type Opened<Encoder> = {
  encoder: Promise<Encoder>;
  /** In the order in which the encoder works on them. */
  calls: Call[];
  stopTimer(): void;
  /** The call for which the encoder ended. */
  culprit: Call | undefined;
};

const LEAST_LIMIT_MS = 30_000;
/** How long a closing encoder may take for what it is at. */
const CLOSE_LIMIT_MS = 10_000;

export function keepEncoder<Encoder extends Closable>({
  open,
  limitMs,
  fullBatch,
  clock,
}: EncoderKeeperOptions<Encoder>): EncoderKeeper<Encoder> {
  let current: Opened<Encoder> | undefined;
  const limitFor = (texts: number) =>
    Math.max(limitMs * Math.min(1, texts / fullBatch), Math.min(limitMs, LEAST_LIMIT_MS));

  const watchFirst = (opened: Opened<Encoder>, encoder: Encoder) => {
    opened.stopTimer();
    const [first] = opened.calls;
    if (first === undefined) return;
    const givenMs = limitFor(first.texts);
    opened.stopTimer = clock.after(givenMs, () => {
      opened.culprit = first;
      if (current === opened) current = undefined;
      first.stall(
        new LodestoneError(
          "WORKER_FAILED",
          `The model took longer than ${givenMs / 1000} s for ${first.texts} passages and was stopped. Raise the queue's batchLimitMs where it only is slow.`,
        ),
      );
      encoder.abandon();
    });
  };

  const openedNow = async (): Promise<{ opened: Opened<Encoder>; encoder: Encoder }> => {
    current ??= { encoder: open(), calls: [], stopTimer: () => undefined, culprit: undefined };
    const opened = current;
    try {
      return { opened, encoder: await opened.encoder };
    } catch (error) {
      if (current === opened) current = undefined;
      throw new ModelUnavailable(error);
    }
  };

  return {
    async use(texts, work) {
      for (;;) {
        const { opened, encoder } = await openedNow();
        let stall: (error: Error) => void = () => undefined;
        const stalled = new Promise<never>((_, reject) => {
          stall = reject;
        });
        const call: Call = { texts, stall };
        opened.calls.push(call);
        if (opened.calls.length === 1) watchFirst(opened, encoder);
        try {
          return await Promise.race([work(encoder), stalled]);
        } catch (error) {
          if (!(error instanceof LodestoneError) || error.code !== "WORKER_FAILED") throw error;
          if (current === opened) current = undefined;
          // Rejected in the order of the calls: the first one is what the encoder was working on.
          opened.culprit ??= call;
          if (opened.culprit === call) throw error;
        } finally {
          const wasFirst = opened.calls[0] === call;
          opened.calls.splice(opened.calls.indexOf(call), 1);
          if (opened.culprit !== undefined) opened.stopTimer();
          else if (wasFirst) watchFirst(opened, encoder);
        }
      }
    },

    async close() {
      const encoder = await current?.encoder.catch(() => undefined);
      current?.stopTimer();
      if (encoder === undefined) return;
      let stop: () => void = () => undefined;
      const overdue = new Promise<void>((resolve) => {
        stop = clock.after(CLOSE_LIMIT_MS, () => {
          encoder.abandon();
          resolve();
        });
      });
      await Promise.race([encoder.close(), overdue]);
      stop();
    },
  };
}

/** A kept bi-encoder as one that embeds. */
export function embedderOf(keeper: EncoderKeeper<BiEncoder>): Pick<BiEncoder, "embed"> {
  return {
    embed: (texts, kind, options) => keeper.use(texts.length, (encoder) => encoder.embed(texts, kind, options)),
  };
}
