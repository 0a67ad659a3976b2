// Watching over HTTP: health, alerts, diagnosis, costs, and /metrics for scrapers.

import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Engine, Metric } from "../engine/index.js";
import { type Api, answers, optionalBody } from "./api-schema.js";
import { metricsMediaType, metricsText } from "./metrics-text.js";
import {
  alertsSchema,
  checkBodySchema,
  costParameters,
  costSchema,
  diagnosisSchema,
  healthSchema,
  metricsSchema,
} from "./monitoring-schema.js";
import { noParameters } from "./status-schema.js";

const tags = ["Watching"];
const nanosecondsPerSecond = 1e9;
/** Milliseconds between two looks at the clock of the event loop. */
const LOOP_RESOLUTION = 20;

export function monitoringRoutes(api: Api, engine: Engine): void {
  api.get(
    "/v1/health",
    {
      schema: {
        operationId: "getHealth",
        tags,
        summary: "Health",
        description:
          "How well the library answers: its vectors, the last hour of its queries, and the alerts that stand.",
        querystring: noParameters,
        response: answers(healthSchema),
      },
    },
    async () => engine.monitor.overview(),
  );

  api.post(
    "/v1/health/check",
    {
      schema: {
        operationId: "checkHealth",
        tags,
        summary: "Look again",
        description:
          "Judges all vectors anew and finds out again what confidence means here; answers with the health when that is done, some seconds later.",
        body: optionalBody(checkBodySchema),
        response: answers(healthSchema, "LIBRARY_READ_ONLY"),
      },
    },
    async ({ body: { rebase } }) => engine.monitor.check(rebase === undefined ? {} : { rebase }),
  );

  api.get(
    "/v1/alerts",
    {
      schema: {
        operationId: "listAlerts",
        tags,
        summary: "Alerts",
        description: "Alerts that stand, and those that began and ended lately.",
        querystring: noParameters,
        response: answers(alertsSchema),
      },
    },
    async () => engine.monitor.alerts(),
  );

  api.get(
    "/v1/diagnosis",
    {
      schema: {
        operationId: "diagnose",
        tags,
        summary: "Diagnose",
        description:
          "Goes through what could be behind bad answers, from the newest ingest to the search itself, and names the most likely cause with the command that mends it. Takes some seconds.",
        querystring: noParameters,
        response: answers(diagnosisSchema),
      },
    },
    async () => engine.monitor.diagnose(),
  );

  api.get(
    "/v1/cost",
    {
      schema: {
        operationId: "getCost",
        tags,
        summary: "Costs",
        description:
          "What embedding has cost since the library was made, and what the same tokens cost at hosted APIs.",
        querystring: costParameters,
        response: answers(costSchema),
      },
    },
    async ({ query: { by } }) => engine.monitor.cost(by),
  );

  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION });
  delay.enable();
  api.addHook("onClose", async () => {
    delay.disable();
  });
  api.get(
    "/metrics",
    {
      schema: {
        operationId: "getMetrics",
        tags,
        summary: "Metrics",
        description: "For Prometheus and whatever reads its text format. Names begin with lodestone_.",
        response: {
          ...answers(metricsSchema),
          200: { description: "The metrics.", content: { "text/plain": { schema: metricsSchema } } },
        },
      },
    },
    async (_request, reply) => {
      const metrics = [...(await engine.monitor.metrics()), loopDelay(delay.percentile(99))];
      delay.reset();
      return reply.type(metricsMediaType).send(metricsText(metrics));
    },
  );
}

function loopDelay(nanoseconds: number): Metric {
  // The looks themselves are so far apart; what is beyond is delay.
  const seconds = Math.max(0, nanoseconds / nanosecondsPerSecond - LOOP_RESOLUTION / 1000);
  return {
    name: "lodestone_event_loop_delay_seconds",
    type: "gauge",
    help: "99th percentile since the last scrape.",
    samples: [{ value: Number.isFinite(seconds) ? seconds : 0 }],
  };
}
