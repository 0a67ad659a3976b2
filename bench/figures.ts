// What a benchmark found out: told line by line on stderr while it runs, and as JSON with the machine on stdout where that is asked for.

import { cpus } from "node:os";

export type Figure = { name: string; value: number; unit: string };

const nameWidth = 66;

export class Figures {
  readonly all: Figure[] = [];
  readonly #decimals: number;

  /** `decimals`: of numbers below 100. */
  constructor(decimals = 2) {
    this.#decimals = decimals;
  }

  note(name: string, value: number, unit: string): void {
    this.all.push({ name, value, unit });
    const shown = value.toLocaleString("en", { maximumFractionDigits: value < 100 ? this.#decimals : 0 });
    console.error(`${name.padEnd(nameWidth)} ${shown} ${unit}`.trimEnd());
  }

  /** `more`: what belongs beside the figures. */
  printJson(more: object = {}): void {
    const [processor, ...others] = cpus();
    const machine = {
      cpu: processor?.model,
      cores: others.length + 1,
      node: process.version,
      date: new Date().toISOString(),
    };
    console.log(JSON.stringify({ machine, ...more, figures: this.all }, null, 2));
  }
}
