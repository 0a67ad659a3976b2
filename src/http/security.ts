// Keeps web pages of other sites away from a server on this machine: the Host header against DNS rebinding, the Origin
// header against requests across sites, and response headers that let a page run only what this server sends.

import type { FastifyInstance } from "fastify";
import { LodestoneError } from "../errors.js";
import { RequestRefused } from "./problem.js";

/** Sent with every answer; a route may allow more of caches. There are no CORS headers: no other origin may read one. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

const localHosts = ["localhost", "127.0.0.1", "[::1]"];

/** Refuses requests that come by another host name or from another site's page; ports do not count. */
export function guardHosts(app: FastifyInstance, allowedHosts: readonly string[]): void {
  const known = new Set([...localHosts, ...allowedHosts.map(checkedHost)]);
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(securityHeaders);
    const { host, origin } = request.headers;
    const name = hostOf(host ?? "");
    if (name === undefined || !known.has(name)) {
      throw new RequestRefused(
        "HOST_NOT_ALLOWED",
        `This server answers under ${[...known].join(", ")}, not under ${quoted(host ?? "")}. ` +
          "Start it with that name among the allowed hosts if it is yours.",
      );
    }
    if (origin !== undefined && !known.has(originHost(origin) ?? "")) {
      throw new RequestRefused("ORIGIN_NOT_ALLOWED", `Pages of ${quoted(origin)} may not ask this server.`);
    }
    // Without an Origin header a page can still make the browser fetch, say by an image; following a link is no fetch.
    if (request.headers["sec-fetch-site"] === "cross-site" && request.headers["sec-fetch-mode"] !== "navigate") {
      throw new RequestRefused("ORIGIN_NOT_ALLOWED", "Pages of other sites may not ask this server.");
    }
  });
}

/** Whether `host` (a name or an address to listen on) can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** `host` or `host:port`, in lower case and without port and final dot; undefined for anything else. */
function hostOf(authority: string): string | undefined {
  const match = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::\d{1,5})?$/i.exec(authority);
  return match?.[1]?.toLowerCase().replace(/\.$/, "");
}

function originHost(origin: string): string | undefined {
  return /^https?:\/\//i.test(origin) ? hostOf(origin.replace(/^https?:\/\//i, "")) : undefined;
}

function checkedHost(host: string): string {
  const name = hostOf(/^[^[]*:[^[]*:/.test(host) ? `[${host}]` : host);
  if (name !== undefined) return name;
  throw new LodestoneError(
    "INVALID_INPUT",
    `An allowed host is a name or an address such as search.example.org, not "${host.slice(0, 80)}".`,
  );
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
