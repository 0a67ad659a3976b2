// No migration is under way: what one is, and the form that begins it.
import { useState } from "preact/hooks";
import { startMigration } from "../api/migration.js";
import type { InstalledModel } from "../api/models.js";
import type { Send } from "../api/request.js";
import type { Status } from "../api/status.js";
import type { Library } from "../hooks/use-library.js";
import type { Migration } from "../hooks/use-migration.js";
import type { Models } from "../hooks/use-models.js";
import { useModels } from "../hooks/use-models.js";
import type { StartFields } from "../migration/start-form.js";
import { biEncoderChoices, dimensionsOf, noFields, requestOf, sparseEncoderChoices } from "../migration/start-form.js";
import { formatCount } from "../text/numbers.js";
import { ChoiceField, NumberField } from "./start-field.js";

type Props = { send: Send; library: Library; migration: Migration };

export function MigrationStart({ send, library, migration }: Props) {
  const models = useModels(send);
  const { status } = library;
  return (
    <section class="state start" aria-label="Start a migration">
      <p>
        A migration changes the models, the length of the vectors or the size of the passages while searches go on. A
        second index is built beside the one in use from the stored texts. Then both can answer queries for a while, to
        be compared, before one of them is dropped.
      </p>
      {status?.library.readOnly === true && <p class="notice">This library is open for reading only.</p>}
      {status?.library.readOnly === false && models !== "loading" && (
        <StartForm send={send} status={status} models={models} migration={migration} />
      )}
    </section>
  );
}

type FormProps = { send: Send; status: Status; models: Exclude<Models, "loading">; migration: Migration };

function StartForm({ send, status, models, migration }: FormProps) {
  const [fields, setFields] = useState(noFields);
  const installed = models === "unknown" ? [] : models;
  const request = requestOf(fields);
  const start = (event: SubmitEvent) => {
    event.preventDefault();
    if (request !== undefined) void migration.act(() => startMigration(send, request));
  };
  const field = (name: keyof StartFields) => ({
    name,
    value: fields[name],
    onText: (text: string) => setFields((before) => ({ ...before, [name]: text })),
  });
  const { chunking, dimensions } = status.generation;
  const biEncoders = biEncoderChoices(installed, status);
  const sparseEncoders = sparseEncoderChoices(installed, status);
  const lengths = dimensionsOf(installed, fields.model, status);
  const sparseInUse = status.models.sparseEncoder;
  const hasOther = sparseEncoders.length > (sparseInUse === null ? 1 : 2);
  return (
    <form class="form" onSubmit={start}>
      <p class="form-hint">What is left alone stays as it is.</p>
      <ChoiceField
        {...field("model")}
        label="Model"
        choices={biEncoders}
        hint={
          models === "unknown" ? (
            unlisted
          ) : biEncoders.length > 1 ? (
            "Makes the vectors"
          ) : (
            <NoOther what="No other bi-encoder" />
          )
        }
      />
      <ChoiceField
        {...field("sparseEncoder")}
        label="Sparse encoder"
        choices={sparseEncoders}
        hint={
          models === "unknown" ? (
            unlisted
          ) : hasOther ? (
            "Weighs the terms of texts, as a third list beside words and vectors"
          ) : (
            <NoOther what={sparseInUse === null ? "No sparse encoder" : "No other sparse encoder"} />
          )
        }
      />
      <NumberField
        {...field("dimensions")}
        label="Dimensions"
        hint={lengthsHint(lengths)}
        placeholder={String(fields.model === "" ? dimensions : (lengths[0] ?? ""))}
        min={1}
        max={65_536}
      />
      <NumberField
        {...field("maxTokens")}
        label="Passage"
        hint="Most tokens of a passage"
        placeholder={String(chunking.maxTokens)}
        min={32}
        max={8192}
      />
      <NumberField
        {...field("overlapTokens")}
        label="Overlap"
        hint="Tokens that a passage shares with the next, at most half of it"
        placeholder={String(chunking.overlapTokens)}
        min={0}
        max={4096}
      />
      <button type="submit" class="button" disabled={request === undefined} aria-disabled={migration.isBusy}>
        Start the migration
      </button>
    </form>
  );
}

const unlisted = "The server did not say which models are installed";

function NoOther({ what }: { what: string }) {
  return (
    <>
      {what} is installed. To bring one in: <code>lodestone models import &lt;folder&gt;</code>
    </>
  );
}

function lengthsHint(lengths: InstalledModel["dimensions"]): string {
  if (lengths.length === 0) return "Length of its vectors, one that it was trained for";
  const all = lengths.map(formatCount);
  return all.length === 1
    ? `Its vectors have ${all[0]}`
    : `Its vectors can have ${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
}
