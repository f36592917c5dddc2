import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { failed, ToastNotifications, told } from "./ToastNotifications";

beforeEach(() => {
  vi.useFakeTimers();
  render(<ToastNotifications />);
});
afterEach(() => {
  act(() => vi.advanceTimersByTime(10_000));
  for (const button of screen.queryAllByRole("button", { name: "Close notice" })) fireEvent.click(button);
  vi.useRealTimers();
});

const said = () => [...document.querySelectorAll("p")].map((one) => one.textContent);
const say = (work: () => void) => act(work);

test("the end of a job takes the place of its beginning, and stays its own time", () => {
  say(() => told("Write articles: started.", undefined, "job-1"));
  say(() => told("Saved."));
  act(() => vi.advanceTimersByTime(6000));
  say(() => told("Write articles: 3 of 3 done.", undefined, "job-1"));
  expect(said()).toEqual(["Write articles: 3 of 3 done.", "Saved."]);
  act(() => vi.advanceTimersByTime(6000));
  expect(said()).toEqual(["Write articles: 3 of 3 done."]);
  // A failure stays until it is closed, also where it takes the place of what would have gone by itself.
  say(() => failed("Write articles: 1 failed.", "job-1"));
  act(() => vi.advanceTimersByTime(60_000));
  expect(said()).toEqual(["Write articles: 1 failed."]);
});

test("of many the newest are shown, the same is said once, and no failure is lost", () => {
  say(() => {
    for (const n of [1, 2, 3, 4, 5]) failed(`Failure ${n}`);
    failed("Failure 5");
  });
  expect(said()).toEqual(["Failure 3", "Failure 4", "Failure 5"]);
  screen.getByText("2 messages more");
  fireEvent.click(screen.getByRole("button", { name: "Show all" }));
  expect(said()).toHaveLength(5);
  fireEvent.click(screen.getByRole("button", { name: "Close all" }));
  expect(said()).toEqual([]);
});
