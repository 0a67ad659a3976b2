// The two streams that a command writes to. Results go to stdout; messages and progress to stderr. Colour and movement
// are for terminals only, and not where NO_COLOR (https://no-color.org) or TERM=dumb ask for quiet.

import type { WriteStream } from "node:tty";
import { ansiStyle, plainStyle, type Style } from "./render/style.js";

export type Output = {
  readonly stream: NodeJS.WritableStream;
  readonly isTerminal: boolean;
  /** Whether a line may be drawn over, as a progress bar does. */
  readonly animated: boolean;
  readonly style: Style;
  /** Characters a line holds; 80 where it is no terminal. */
  readonly columns: number;
  write(text: string): void;
};

export type Terminal = {
  readonly stdout: Output;
  readonly stderr: Output;
  /** A result: text that ends in a line break unless it is empty. */
  print(text: string): void;
  /** The result of a command under --json: indented on a terminal, one line in a pipe. */
  printJson(value: unknown): void;
  /** Something good to know, for people who watch: on a terminal only. */
  note(text: string): void;
  /** Something that needs attention, also in logs. */
  warn(text: string): void;
};

type Environment = Readonly<Record<string, string | undefined>>;

export function openTerminal(
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
  environment: Environment = process.env,
): Terminal {
  const out = outputOf(stdout, environment);
  const err = outputOf(stderr, environment);
  return {
    stdout: out,
    stderr: err,
    print: (text) => out.write(lineOf(text)),
    printJson: (value) => out.write(`${JSON.stringify(value, null, out.isTerminal ? 2 : 0)}\n`),
    note: (text) => {
      if (err.isTerminal) err.write(lineOf(text));
    },
    warn: (text) => err.write(lineOf(`${err.style.warning("warning:")} ${text}`)),
  };
}

function outputOf(stream: WriteStream, environment: Environment): Output {
  const isTerminal = stream.isTTY === true;
  const lively = isTerminal && !environment.NO_COLOR && environment.TERM !== "dumb";
  return {
    stream,
    isTerminal,
    animated: lively,
    style: lively ? ansiStyle : plainStyle,
    get columns() {
      return (isTerminal && stream.columns) || 80;
    },
    write: (text) => {
      stream.write(text);
    },
  };
}

function lineOf(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
