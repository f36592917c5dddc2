import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { ConfirmDialog } from "./ConfirmDialog";
import { TextField } from "./Field";
import { FormModal } from "./FormModal";

function Rename({ onClose, submit }: { onClose: () => void; submit: () => Promise<unknown> }) {
  const [name, setName] = useState("Brakes");
  return (
    <>
      <FormModal title="Rename" action="Save" isOpen onClose={onClose} submit={submit} values={name}>
        {() => <TextField label="Name" value={name} onChange={setName} autoFocus />}
      </FormModal>
      <ConfirmDialog />
    </>
  );
}

/** Who works by the keyboard is in the form. */
const inForm = () => vi.waitFor(() => expect(screen.getByRole("dialog").contains(document.activeElement)).toBe(true));
const question = () => screen.queryByRole("alertdialog", { name: "Discard your changes?" });

test("a form that was changed is not closed before one has agreed to lose it", async () => {
  const user = userEvent.setup();
  const onClose = vi.fn();
  const submit = vi.fn(async () => undefined);
  render(<Rename onClose={onClose} submit={submit} />);

  // Untouched, or as it was again: closed at once, by each way out.
  await user.keyboard("{Escape}");
  await user.click(screen.getByRole("button", { name: "Close" }));
  await user.type(screen.getByLabelText("Name"), "x{Backspace}");
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  expect(onClose).toHaveBeenCalledTimes(3);
  expect(question()).toBeNull();

  await user.type(screen.getByLabelText("Name"), " and pads");
  const beside = screen.getByRole("dialog").parentElement?.parentElement as Element;
  for (const leave of [
    async () => {
      await user.pointer({ keys: "[MouseLeft>]", target: beside });
      await inForm();
      await user.pointer("[/MouseLeft]");
    },
    () => user.click(screen.getByRole("button", { name: "Close" })),
    () => user.click(screen.getByRole("button", { name: "Cancel" })),
    () => user.keyboard("{Escape}"),
  ]) {
    await leave();
    expect(question()).not.toBeNull();
    await user.click(screen.getByRole("button", { name: "Go on editing" }));
    expect(question()).toBeNull();
    await inForm();
  }
  expect(onClose).toHaveBeenCalledTimes(3);
  expect(screen.getByLabelText<HTMLInputElement>("Name").value).toBe("Brakes and pads");

  await user.keyboard("{Escape}");
  await user.click(screen.getByRole("button", { name: "Discard" }));
  expect(onClose).toHaveBeenCalledTimes(4);

  // What is saved is not lost: no question.
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(submit).toHaveBeenCalledTimes(1);
  expect(onClose).toHaveBeenCalledTimes(5);
  expect(question()).toBeNull();
});
