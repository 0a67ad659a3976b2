// What the server has at which address: tells for an address without a route whether another method would do (405), and
// which known address comes nearest (404).

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { nearestName } from "../input/nearest-name.js";
import { RequestRefused } from "./problem.js";

/** Answers every request that has no route, before its body is read. Register before the routes. */
export function refuseUnknownRoutes(app: FastifyInstance): void {
  const methodsOf = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    const methods = methodsOf.get(url) ?? new Set(["OPTIONS"]);
    methodsOf.set(url, methods);
    for (const name of [method].flat()) methods.add(name);
  });

  const answer = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const path = request.raw.url?.split("?", 1)[0] ?? "";
    const { method } = request;
    const allowed = [...methodsOf].filter(([pattern]) => matches(pattern, path)).flatMap(([, methods]) => [...methods]);
    if (allowed.length === 0) {
      const near = nearestName(
        path.slice(0, 200),
        [...methodsOf.keys()].map((pattern) => filledIn(pattern, path)),
      );
      const hint = near ? ` Did you mean ${near}?` : " The API is described at /docs.";
      throw new RequestRefused("ROUTE_NOT_FOUND", `There is nothing at ${path.slice(0, 200)}.${hint}`);
    }
    const allow = [...new Set(allowed)].sort().join(", ");
    if (method === "OPTIONS") return reply.code(204).header("allow", allow).send();
    throw new RequestRefused("METHOD_NOT_ALLOWED", `${path.slice(0, 200)} takes ${allow}, not ${method}.`, { allow });
  };

  app.addHook("onRequest", async (request, reply) => (request.is404 ? answer(request, reply) : undefined));
  app.setNotFoundHandler(answer);
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split("/");
  const given = path.split("/");
  return (
    wanted.length === given.length &&
    wanted.every((part, i) => (part.startsWith(":") ? given[i] !== "" : part !== "*" && part === given[i]))
  );
}

/** The pattern with the path's own parts in the place of its parameters. */
function filledIn(pattern: string, path: string): string {
  const given = path.split("/");
  return pattern
    .split("/")
    .map((part, i) => (part.startsWith(":") && given[i] ? given[i] : part))
    .join("/");
}
