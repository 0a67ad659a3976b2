// What a run comes down to: our figures, and beside them what the peers make of the same in the same run.

import { figure, type Table, text } from "../../src/report/index.js";
import { pointsOf } from "../vectors/choose-setting.js";
import { worstLoop } from "../vectors/loop-delay.js";
import type { Point, ScenarioResult, SystemResult } from "../vectors/result.js";
import { chosenFor, settingName } from "./tables.js";

export type SummaryLine = { what: string; figure: string; detail: string; beside: string };

const noPeer = "no peer in this run";

export function summaryOf(scenario: ScenarioResult): SummaryLine[] {
  return [latency, asItComes, buildTime, structure, filtered, eventLoop].flatMap((line) => line(scenario) ?? []);
}

export function summaryTable(scenario: ScenarioResult): Table {
  return {
    title: "In short",
    columns: [text("what"), text("figure"), text("of"), text("beside")],
    rows: summaryOf(scenario).map((line) => ({
      kind: "ours",
      cells: [line.what, line.figure, line.detail, line.beside],
    })),
  };
}

function latency({ systems }: ScenarioResult): SummaryLine | undefined {
  const quickest = (kind: SystemResult["kind"]) =>
    systems
      .filter((system) => system.kind === kind)
      .flatMap((system) => {
        const choice = chosenFor(system, { kind: "all" });
        return choice?.reaches ? [{ system, point: choice.point }] : [];
      })
      .sort((a, b) => a.point.check.waited.p50Ms - b.point.check.waited.p50Ms)[0];
  const ours = quickest("ours");
  const peer = quickest("peer");
  if (!ours) return undefined;
  return {
    what: "p50 at recall@10 of 0.99",
    figure: p50(ours.point),
    detail: `${settingName(ours.point.setting)}, recall ${figure.recall(ours.point.held.recall)}`,
    beside: peer
      ? `${figure.ratio(ours.point.held.waited.p50Ms / peer.point.held.waited.p50Ms)} of the quickest peer, ` +
        `${peer.system.title}: ${p50(peer.point)} (${settingName(peer.point.setting)}, recall ${figure.recall(peer.point.held.recall)})`
      : noPeer,
  };
}

/** What a caller gets who sets nothing. */
function asItComes({ systems }: ScenarioResult): SummaryLine | undefined {
  const points = systems.flatMap((system) => (system.kind === "ours" ? pointsOf(system, 10, { kind: "all" }) : []));
  const point = points.find(({ setting }) => setting.isDefault);
  if (!point) return undefined;
  const { held, plans } = point;
  return {
    what: "p50 with nothing set",
    figure: p50(point),
    detail: `recall ${figure.recall(held.recall)}`,
    beside: `the planner took ${Object.keys(plans).join(" and ")}`,
  };
}

function buildTime({ systems }: ScenarioResult): SummaryLine | undefined {
  const ours = plain(systems);
  if (!ours) return undefined;
  const { readyMs } = ours.build;
  const times = systems
    .filter(({ kind }) => kind === "peer")
    .map(({ title, build }) => `${title} ${figure.seconds(build.readyMs)} (${figure.ratio(build.readyMs / readyMs)})`);
  return {
    what: "build",
    figure: figure.seconds(readyMs),
    detail: "codes made and measured",
    beside: times.join(", ") || noPeer,
  };
}

function structure({ systems }: ScenarioResult): SummaryLine | undefined {
  const ours = plain(systems)?.build.structure;
  const file = systems.find(({ name }) => name === "hnswlib")?.build.structure.diskBytes;
  if (ours?.memoryBytes === undefined) return undefined;
  return {
    what: "searched structure",
    figure: figure.bytes(ours.memoryBytes),
    detail: ours.note,
    beside:
      file === undefined
        ? noPeer
        : `${figure.ratio(ours.memoryBytes / file)} of hnswlib-node's file of ${figure.bytes(file)}`,
  };
}

function filtered({ systems }: ScenarioResult): SummaryLine | undefined {
  const ours = plain(systems);
  const narrow = ours && chosenFor(ours, { kind: "filter", share: 0.01 })?.point;
  const whole = ours && chosenFor(ours, { kind: "all" })?.point;
  if (!narrow || !whole) return undefined;
  return {
    what: "p50 with a filter of 1 %",
    figure: p50(narrow),
    detail: `recall ${figure.recall(narrow.held.recall)}`,
    beside: `${figure.ratio(narrow.held.waited.p50Ms / whole.held.waited.p50Ms)} of no filter`,
  };
}

function eventLoop({ systems }: ScenarioResult): SummaryLine | undefined {
  const ours = systems.filter(({ kind }) => kind === "ours");
  if (ours.length === 0) return undefined;
  const { maxMs, idleMaxMs = 0 } = worstLoop(
    ours.flatMap(({ build, points, throughput, removal }) => [
      build.loop,
      ...points.map(({ loop }) => loop),
      ...throughput.map(({ loop }) => loop),
      ...(removal ? [removal.loop] : []),
    ]),
  );
  return {
    what: "longest hold of the event loop",
    figure: figure.ms(maxMs),
    detail: "building, searching, deleting",
    beside: `an idle process meanwhile: ${figure.ms(idleMaxMs)}`,
  };
}

function plain(systems: readonly SystemResult[]): SystemResult | undefined {
  return systems.find(({ name }) => name === "lodestone");
}

function p50({ held }: Point): string {
  return figure.ms(held.waited.p50Ms);
}
