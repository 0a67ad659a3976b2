// The fields of a form: a name, what is entered or chosen, and a hint below.
import type { ComponentChildren } from "preact";
import type { Choice } from "../migration/start-form.js";

type Shared = { name: string; label: string; value: string; hint: ComponentChildren; onText(text: string): void };

function Field({
  id,
  label,
  hint,
  children,
}: { id: string; children: ComponentChildren } & Pick<Shared, "label" | "hint">) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      <p id={`${id}-hint`} class="field-hint">
        {hint}
      </p>
    </div>
  );
}

type NumberProps = Shared & { placeholder: string | undefined; min: number; max: number };

/** A whole number. */
export function NumberField({ name, label, value, hint, placeholder = "", min, max, onText }: NumberProps) {
  const id = `start-${name}`;
  return (
    <Field id={id} label={label} hint={hint}>
      <input
        id={id}
        class="input short"
        type="number"
        value={value}
        placeholder={placeholder}
        min={min}
        max={max}
        step={1}
        autocomplete="off"
        aria-describedby={`${id}-hint`}
        onInput={(event) => onText(event.currentTarget.value)}
      />
    </Field>
  );
}

/** One of `choices`, of which the first is in force until another is chosen. */
export function ChoiceField({ name, label, value, hint, choices, onText }: Shared & { choices: readonly Choice[] }) {
  const id = `start-${name}`;
  return (
    <Field id={id} label={label} hint={hint}>
      <select
        id={id}
        class="input"
        value={value}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onText(event.currentTarget.value)}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </Field>
  );
}
