// Reads the values of options strictly: "10x" is not 10. What is wrong ends as a usage error that says what was expected.

import { InvalidArgumentError } from "commander";
import { nearestName } from "../input/nearest-name.js";

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

/** A number from `min` to `max`. */
export function numberBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d*\.?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a number from ${min} to ${max}, for instance ${(min + max) / 2}.`);
  };
}

const byteUnits: Readonly<Record<string, number>> = { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** "500", "64M", "1.5 GiB": letters count in powers of 1024, as in `ls -h` and `du -h`. */
export function byteSize(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(digits) * (byteUnits[unit?.toLowerCase() ?? ""] ?? Number.NaN));
  if (bytes >= 1 && Number.isSafeInteger(bytes)) return bytes;
  throw new InvalidArgumentError("Expected a size, for instance 500K, 64M or 1G.");
}

const timeUnits: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** "90s", "30m", "24h", "7d", "1w", in milliseconds; at least `minMs`. */
export function duration(minMs: number): (text: string) => number {
  return (text) => {
    const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([smhdw])$/i.exec(text.trim()) ?? [];
    const ms = Number(digits) * (timeUnits[unit?.toLowerCase() ?? ""] ?? Number.NaN);
    if (ms >= minMs && Number.isSafeInteger(ms)) return ms;
    throw new InvalidArgumentError(`Expected a time of at least ${minMs / 1000} s, for instance 30m, 24h or 7d.`);
  };
}

/** Gathers the values of an option that may be given several times. */
export function gathered(text: string, earlier: readonly string[] = []): string[] {
  if (text === "") throw new InvalidArgumentError("Expected something, found nothing.");
  return [...earlier, text];
}

/** A list with commas between the values. */
export function words(text: string): string[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.includes("")) throw new InvalidArgumentError("Expected names with commas between them.");
  return parts;
}

/** A list with commas between the values, each one of `known`. */
export function listOf<T extends string>(known: readonly T[]): (text: string) => T[] {
  return (text) =>
    text.split(",").map((part) => {
      const value = known.find((name) => name === part.trim());
      if (value !== undefined) return value;
      throw new InvalidArgumentError(`Expected ${known.join(", ")}, with commas between them.`);
    });
}

/** One of `known`. */
export function choice<T extends string>(known: readonly T[]): (text: string) => T {
  return (text) => {
    const value = known.find((name) => name === text.trim());
    if (value !== undefined) return value;
    const near = nearestName(text, known);
    throw new InvalidArgumentError(`Expected one of ${known.join(", ")}.${near ? ` Did you mean "${near}"?` : ""}`);
  };
}
