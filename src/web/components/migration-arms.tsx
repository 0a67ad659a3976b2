// The two indexes side by side: what they are made with, and what their searches were like.
import type { ComponentChildren } from "preact";
import type { MigrationSide, MigrationStatus } from "../api/migration.js";
import type { ComparedValue } from "../migration/comparison.js";
import { comparisonRows } from "../migration/comparison.js";
import { answeredShare, sideWords } from "../migration/migration-words.js";

export function MigrationArms({ status }: { status: MigrationStatus }) {
  const { source, target, state } = status;
  const answered = answeredShare(status);
  // While it is filled for the first time there is nothing to compare.
  const hasFigures = state !== "filling" || (target !== null && target.figures.searches > 0);
  return (
    <section class="arms-part" aria-labelledby="arms-title">
      <h2 id="arms-title" class="part-title">
        Side by side
      </h2>
      <table class="arms">
        <thead>
          <tr>
            {hasFigures && <td />}
            <Arm kind="source" name="Old index" side={source} share={100 - answered} />
            <Arm kind="target" name="New index" side={target} share={answered} />
          </tr>
        </thead>
        {hasFigures && (
          <tbody>
            {comparisonRows(source?.figures, target?.figures).map((row) => (
              <tr key={row.name}>
                <th scope="row" title={row.meaning}>
                  {row.name}
                </th>
                <Value kind="source" value={row.source} />
                <Value kind="target" value={row.target}>
                  {row.change !== undefined && (
                    <span class={row.change.isBetter ? "change better" : "change worse"}>
                      {row.change.text}
                      <span class="visually-hidden">{row.change.isBetter ? ", better" : ", worse"}</span>
                    </span>
                  )}
                </Value>
              </tr>
            ))}
          </tbody>
        )}
      </table>
    </section>
  );
}

type Kind = "source" | "target";

type ArmProps = { kind: Kind; name: string; side: MigrationSide | null; share: number };

function Arm({ kind, name, side, share }: ArmProps) {
  return (
    <th scope="col" class="arm">
      <span class="arm-name">
        <span class={`swatch arm-${kind}`} />
        {name}
      </span>
      <span class="arm-share">answers {share} %</span>
      <span class="arm-facts">
        {side === null ? "not open" : sideWords(side).map((words) => <span key={words}>{words}</span>)}
      </span>
    </th>
  );
}

function Value({ kind, value, children }: { kind: Kind; value: ComparedValue; children?: ComponentChildren }) {
  return (
    <td class={`arm-value arm-${kind}`}>
      <span class="arm-figure">
        {value.text}
        {value.note !== undefined && <span class="measure">{value.note}</span>}
        {children}
      </span>
      <svg class="arm-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect class="arm-track" width="100" height="4" />
        <rect class="arm-fill" width={100 * value.bar} height="4" />
      </svg>
    </td>
  );
}
