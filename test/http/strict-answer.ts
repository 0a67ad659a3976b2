// Holds answers to their schemas: a field that the schema does not know is a fault of the API's description.

import { z } from "zod";

/** The answer, or a failure naming what the schema does not say. */
export function checkedAnswer<S extends z.ZodType>(schema: S, answer: unknown): z.output<S> {
  return strict(schema).parse(answer) as z.output<S>;
}

function strict(schema: z.core.$ZodType): z.ZodType {
  if (schema instanceof z.ZodObject) {
    const shape: Record<string, z.core.$ZodType> = schema.shape;
    const entries = Object.entries(shape).map(([name, part]) => [name, strict(part)]);
    const open = schema.def.catchall !== undefined;
    return open ? z.looseObject(Object.fromEntries(entries)) : z.strictObject(Object.fromEntries(entries));
  }
  if (schema instanceof z.ZodArray) return z.array(strict(schema.element));
  if (schema instanceof z.ZodOptional) return strict(schema.unwrap()).optional();
  if (schema instanceof z.ZodNullable) return strict(schema.unwrap()).nullable();
  return schema as z.ZodType;
}
