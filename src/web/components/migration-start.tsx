// No migration is under way: what one is, and the form that begins it.
import { useState } from "preact/hooks";
import { startMigration } from "../api/migration.js";
import type { Send } from "../api/request.js";
import type { Library } from "../hooks/use-library.js";
import type { Migration } from "../hooks/use-migration.js";
import type { StartFields } from "../migration/migration-words.js";
import { noFields, requestOf } from "../migration/migration-words.js";
import { modelName } from "../text/model-name.js";

type Props = { send: Send; library: Library; migration: Migration };

export function MigrationStart({ send, library, migration }: Props) {
  const [fields, setFields] = useState(noFields);
  const { status } = library;
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
  return (
    <section class="state start" aria-label="Start a migration">
      <p>
        A migration changes the model, the length of its vectors or the size of the passages while searches go on. A
        second index is built beside the one in use from the stored texts. Then both can answer queries for a while, to
        be compared, before one of them is dropped.
      </p>
      {status?.library.readOnly === true ? (
        <p class="notice">This library is open for reading only.</p>
      ) : (
        <form class="form" onSubmit={start}>
          <p class="form-hint">What stays empty stays as it is.</p>
          <Field
            {...field("model")}
            label="Model"
            hint="Name of an installed bi-encoder"
            placeholder={status && modelName(status.generation.model)}
          />
          <Field
            {...field("dimensions")}
            label="Dimensions"
            hint="Length of its vectors, one that it was trained for"
            placeholder={status && String(status.generation.dimensions)}
            min={1}
          />
          <Field
            {...field("maxTokens")}
            label="Passage"
            hint="Most tokens of a passage"
            placeholder={status && String(status.generation.chunking.maxTokens)}
            min={32}
            max={8192}
          />
          <Field
            {...field("overlapTokens")}
            label="Overlap"
            hint="Tokens that a passage shares with the next, at most half of it"
            placeholder={status && String(status.generation.chunking.overlapTokens)}
            min={0}
            max={4096}
          />
          <button type="submit" class="button" disabled={request === undefined} aria-disabled={migration.isBusy}>
            Start the migration
          </button>
        </form>
      )}
    </section>
  );
}

type FieldProps = {
  name: string;
  label: string;
  hint: string;
  value: string;
  placeholder: string | undefined;
  /** A whole number is wanted where there is one. */
  min?: number;
  max?: number;
  onText(text: string): void;
};

function Field({ name, label, hint, value, placeholder = "", min, max = 65_536, onText }: FieldProps) {
  const id = `start-${name}`;
  const shared = {
    id,
    value,
    placeholder,
    autocomplete: "off",
    "aria-describedby": `${id}-hint`,
    onInput: (event: { currentTarget: HTMLInputElement }) => onText(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {min === undefined ? (
        <input class="input" type="text" maxLength={200} spellcheck={false} {...shared} />
      ) : (
        <input class="input short" type="number" min={min} max={max} step={1} {...shared} />
      )}
      <p id={`${id}-hint`} class="field-hint">
        {hint}
      </p>
    </div>
  );
}
