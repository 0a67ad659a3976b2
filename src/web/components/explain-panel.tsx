// How the chosen hit was ranked, stage by stage, and how this search was run.
import { planText } from "../explain/plan-text.js";
import { rankStory } from "../explain/rank-story.js";
import type { Answer } from "../search/search-session.js";
import { Panel } from "./panel.js";
import { RankLadder } from "./rank-ladder.js";
import { StageTable } from "./stage-table.js";
import { StageTimes } from "./stage-times.js";

type Props = { answer: Answer; chosenId: string | undefined; takesFocus: boolean; onClose(): void };

export function ExplainPanel({ answer, chosenId, takesFocus, onClose }: Props) {
  const { response, hits } = answer;
  const hit = hits.find(({ id }) => id === chosenId) ?? hits[0];
  const explanation = hit?.explain;
  return (
    <Panel
      name="explain"
      label="Explanation"
      focusKey={takesFocus ? "explain" : undefined}
      onClose={onClose}
      head={<h2 class="panel-title">How this was ranked</h2>}
    >
      {hit !== undefined && explanation !== undefined && (
        <section class="explain-part">
          <h3 class="explain-hit">{hit.title}</h3>
          <p class="explain-story">{rankStory(explanation)}</p>
          <RankLadder hits={hits} chosenId={hit.id} story={rankStory(explanation)} />
          <StageTable explanation={explanation} all={hits.flatMap((other) => other.explain ?? [])} />
          {explanation.terms.length > 0 && (
            <p class="terms">
              <span class="terms-name">Words looked for</span>
              {explanation.terms.map((term) => (
                <code key={term} class="term">
                  {term}
                </code>
              ))}
            </p>
          )}
        </section>
      )}
      <section class="explain-part">
        <h3 class="explain-title">This search</h3>
        <StageTimes response={response} />
        <dl class="facts">
          <div class="fact">
            <dt>Plan</dt>
            <dd>{planText(response.plan)}</dd>
          </div>
          <div class="fact">
            <dt>Model</dt>
            <dd>{response.model}</dd>
          </div>
          <div class="fact">
            <dt>Generation</dt>
            <dd>{response.generation}</dd>
          </div>
        </dl>
      </section>
    </Panel>
  );
}
