// Time limits: a model that is slow costs quality, never an answer.

/** `work`, or a rejection with a TimeoutError after `limitMs`, at 0 at once. The work itself goes on. */
export function withinLimit<T>(work: Promise<T>, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    if (limitMs === 0) {
      work.catch(() => undefined);
      reject(new TimeoutError(limitMs));
      return;
    }
    const timer = setTimeout(() => reject(new TimeoutError(limitMs)), limitMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export class TimeoutError extends Error {
  constructor(limitMs: number) {
    super(limitMs === 0 ? "its time limit is 0" : `it took longer than ${limitMs} ms`);
    this.name = "TimeoutError";
  }
}
