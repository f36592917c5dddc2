import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { guardDoublePress } from "./doublePress";
import { Checkbox } from "./Field";

let stop: () => void;
beforeEach(() => {
  stop = guardDoublePress(document);
});
afterEach(() => stop());

/** A button that goes from step to step, and one that opens a window which does not stand under the pointer. */
function Idea({ make }: { make: () => void }) {
  const [accepted, setAccepted] = useState(false);
  const [open, setOpen] = useState(false);
  const [times, setTimes] = useState(0);
  return (
    <>
      <Button onPress={() => (accepted ? make() : setAccepted(true))}>{accepted ? "Make a task" : "Accept"}</Button>
      <Button onPress={() => setOpen(true)}>Edit</Button>
      <Checkbox onChange={() => setTimes(times + 1)}>Choose</Checkbox>
      <output>{times}</output>
      <Dialog title="Idea" isOpen={open} onClose={() => setOpen(false)}>
        Its outline
      </Dialog>
    </>
  );
}

test("the second press of a double-click does nothing with what the first has put there", async () => {
  const user = userEvent.setup();
  const make = vi.fn();
  render(<Idea make={make} />);

  await user.dblClick(screen.getByRole("button", { name: "Accept" }));
  expect(make).not.toHaveBeenCalled();
  const next = screen.getByRole("button", { name: "Make a task" });
  await user.unhover(next);
  await user.click(next);
  expect(make).toHaveBeenCalledTimes(1);

  // What stays the same may be pressed again at once.
  await user.dblClick(screen.getByText("Choose"));
  expect(screen.getByRole("status").textContent).toBe("2");

  // The window that the first press opens is not closed by the second one, which falls beside it.
  const edit = screen.getByRole("button", { name: "Edit" });
  await user.pointer([{ keys: "[MouseLeft]", target: edit }, { target: document.body }, "[MouseLeft]"]);
  expect(screen.getByRole("dialog")).toBeDefined();
});

test("nor does a key that is pressed twice; another key in between is an intention", async () => {
  const user = userEvent.setup();
  const make = vi.fn();
  render(<Idea make={make} />);
  await user.tab();
  await user.keyboard("{Enter}{Enter}");
  expect(screen.getByRole("button", { name: "Make a task" })).toBe(document.activeElement);
  expect(make).not.toHaveBeenCalled();
  await user.keyboard("{Shift}{Enter}");
  expect(make).toHaveBeenCalledTimes(1);
});
