import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import { type Option, Select } from "./Field";

function Choosing({ options }: { options: Option[] }) {
  const [value, setValue] = useState("");
  return <Select label="Cluster" none="Any cluster" options={options} value={value} onChange={setValue} />;
}

/** What can be chosen; not the options of the hidden `select` that goes with a form. */
const offered = () => within(screen.getByRole("listbox")).getAllByRole("option", { hidden: true });
const topics = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `t${n}`, name: `Topic ${n}` }));

test("one of many is found by typing and chosen by the keyboard", async () => {
  const user = userEvent.setup();
  render(<Choosing options={topics(300)} />);
  await user.tab();
  await user.keyboard("{Enter}");
  const search = screen.getByRole("searchbox");
  expect(document.activeElement).toBe(search);
  expect(offered()).toHaveLength(200);
  expect(screen.getByText("The first 200 of 301. Search to find others.")).toBeTruthy();
  await user.keyboard("pic 27");
  expect(offered().map((one) => one.textContent)).toEqual([
    "Topic 27",
    ...Array.from({ length: 10 }, (_, n) => `Topic ${270 + n}`),
  ]);
  await user.keyboard("{ArrowDown}{Enter}");
  const button = screen.getByRole("button", { name: /Topic 270/ });
  expect(document.activeElement).toBe(button);
  // It is told also when it is not among the first.
  await user.keyboard("{Enter}{Escape}");
  expect(button.textContent).toContain("Topic 270");
});

test("a few have no search", async () => {
  const user = userEvent.setup();
  render(<Choosing options={topics(5)} />);
  await user.click(screen.getByRole("button"));
  expect(offered()).toHaveLength(6);
  expect(screen.queryByRole("searchbox")).toBeNull();
});
