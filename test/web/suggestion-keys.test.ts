import assert from "node:assert/strict";
import { test } from "node:test";
import type { ListState } from "../../src/web/search/suggestion-keys.js";
import { listAction } from "../../src/web/search/suggestion-keys.js";

const none = { altKey: false, ctrlKey: false, metaKey: false, shiftKey: false };
const press = (key: string, state: ListState, held: Partial<typeof none> = {}) =>
  listAction({ key, ...none, ...held }, state);
const activated = (key: string, state: ListState) => {
  const action = press(key, state)?.action;
  return action?.kind === "activate" ? action.index : action?.kind;
};

test("Down and Up walk the suggestions in a circle, with the typed text between the last and the first", () => {
  const walk = (key: string) => {
    const steps: unknown[] = [];
    let active: number | undefined;
    for (let i = 0; i < 4; i++) {
      active = activated(key, { count: 3, active }) as number | undefined;
      steps.push(active);
    }
    return steps;
  };
  assert.deepEqual(walk("ArrowDown"), [0, 1, 2, undefined]);
  assert.deepEqual(walk("ArrowUp"), [2, 1, 0, undefined]);
});

test("Enter takes the active suggestion; without one it means what it means, and closes", () => {
  assert.deepEqual(press("Enter", { count: 3, active: 1 }), { action: { kind: "take", index: 1 }, isOwn: true });
  assert.deepEqual(press("Enter", { count: 3, active: undefined }), { action: { kind: "close" }, isOwn: false });
});

test("Escape closes and nothing else; Tab closes and goes on", () => {
  assert.deepEqual(press("Escape", { count: 1, active: undefined }), { action: { kind: "close" }, isOwn: true });
  assert.deepEqual(press("Tab", { count: 1, active: 0 }), { action: { kind: "close" }, isOwn: false });
});

test("keys that move in the text go on doing so, and give up the active suggestion", () => {
  for (const key of ["Home", "End", "ArrowLeft", "ArrowRight"]) {
    assert.deepEqual(press(key, { count: 2, active: 1 }), {
      action: { kind: "activate", index: undefined },
      isOwn: false,
    });
    assert.equal(press(key, { count: 2, active: undefined }), undefined);
  }
});

test("without a list only Alt and Down mean something: to open it; with one Alt and Up close it", () => {
  for (const key of ["ArrowDown", "ArrowUp", "Enter", "Escape", "Tab", "a"]) {
    assert.equal(press(key, { count: 0, active: undefined }), undefined, key);
  }
  assert.equal(press("ArrowDown", { count: 0, active: undefined }, { altKey: true })?.action.kind, "open");
  assert.equal(press("ArrowUp", { count: 2, active: 1 }, { altKey: true })?.action.kind, "close");
  assert.equal(press("ArrowDown", { count: 2, active: 1 }, { ctrlKey: true }), undefined);
});
