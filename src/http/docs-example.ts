// A command that tries an operation, to be copied into a shell.

type Example = {
  method: string;
  path: string;
  parameters: readonly { name: string; in: string; example?: unknown }[];
  bodyExample: unknown;
};

/** A curl command; long ones go over several lines. */
export function exampleCommand({ method, path, parameters, bodyExample }: Example, origin: string): string {
  const shown = parameters.filter(({ example }) => example !== undefined);
  const filled = shown
    .filter((parameter) => parameter.in === "path")
    .reduce((url, { name, example }) => url.replace(`{${name}}`, encodeURIComponent(String(example))), path);
  const query = shown
    .filter((parameter) => parameter.in === "query")
    .map(({ name, example }) => `--data-urlencode ${shellQuoted(`${name}=${example}`)}`);
  // What curl does by itself, with a body and without.
  const implied = bodyExample === undefined ? "GET" : "POST";
  const parts = [
    `curl${method === implied ? "" : ` -X ${method}`}${query.length > 0 ? " --get" : ""} ${origin}${filled}`,
    ...query,
    ...(bodyExample === undefined
      ? []
      : ["--header 'Content-Type: application/json'", `--data ${shellQuoted(JSON.stringify(bodyExample))}`]),
  ];
  return parts.join(" \\\n  ");
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
