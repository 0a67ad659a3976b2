// A diagnosis on demand: the likely cause first, then what each check found.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Diagnosis } from "../api/health.js";
import { fetchDiagnosis } from "../api/health.js";
import type { Failure, Send } from "../api/request.js";
import { failureOf, isAbort } from "../api/request.js";
import { RefusalNotice } from "./refusal-notice.js";

const findingNames = {
  fine: "Fine",
  notice: "Worth knowing",
  suspicious: "Suspicious",
  unknown: "Not checked",
} as const;

export function HealthDiagnosis({ send }: { send: Send }) {
  const [diagnosis, setDiagnosis] = useState<Diagnosis>();
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setBusy] = useState(false);
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const look = async () => {
    if (isBusy) return;
    stop.current = new AbortController();
    setBusy(true);
    try {
      setDiagnosis(await fetchDiagnosis(send, stop.current.signal));
      setFailure(undefined);
    } catch (error) {
      if (isAbort(error)) return;
      setFailure(failureOf(error));
    }
    setBusy(false);
  };
  return (
    <section aria-labelledby="diagnosis-title">
      <div class="part-head">
        <h2 id="diagnosis-title" class="part-title">
          Diagnosis
        </h2>
        <button type="button" class="button" aria-busy={isBusy} onClick={look}>
          {isBusy ? "Looking …" : diagnosis === undefined ? "Diagnose" : "Diagnose again"}
        </button>
      </div>
      {failure !== undefined && <RefusalNotice failure={failure} onDismiss={() => setFailure(undefined)} />}
      <div role="status">{diagnosis !== undefined && <p class="diagnosis-sentence">{diagnosis.sentence}</p>}</div>
      {diagnosis === undefined ? (
        <p class="state-hint">
          Goes through what could be behind bad answers, from the newest ingest to the search itself. Takes some
          seconds.
        </p>
      ) : (
        <ol class="findings">
          {diagnosis.findings.map(({ check, title, status, sentence }) => (
            <li key={check} class="finding">
              <span class={`finding-mark finding-${status}`}>{findingNames[status]}</span>
              <span class="finding-title">{title}</span>
              <span class="finding-sentence">{sentence}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
