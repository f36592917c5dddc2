/**
 * Asks before something that cannot be undone, or that costs: `confirm({...})` answers true or false.
 *
 * `ConfirmDialog` stands once, in the shell and in the setup.
 */
import { useEffect } from "react";
import { create } from "zustand";
import { Button } from "./Button";
import { Dialog } from "./Dialog";

export type Question = {
  title: string;
  /** What will happen, and whether there is a way back. */
  body: React.ReactNode;
  /** The verb on the button: "Delete 3 keywords", never "OK". */
  action: string;
  /** The way back, where "Cancel" could be taken for the action. */
  back?: string;
  danger?: boolean;
};

/** Asked before a page with unsaved work is left. */
export const UNSAVED: Question = {
  title: "Leave without saving?",
  body: "What you changed since the last save is lost.",
  action: "Leave without saving",
  danger: true,
};

/** Asked before a window with a changed form is closed. */
export const DISCARD: Question = {
  title: "Discard your changes?",
  body: "What you entered here is not saved yet.",
  action: "Discard",
  back: "Go on editing",
  danger: true,
};

type State = { question?: Question; answer?: (yes: boolean) => void };
const useQuestion = create<State>(() => ({}));

export function confirm(question: Question): Promise<boolean> {
  useQuestion.getState().answer?.(false);
  return new Promise((answer) => useQuestion.setState({ question, answer }));
}

function settle(yes: boolean): void {
  useQuestion.getState().answer?.(yes);
  useQuestion.setState({ question: undefined, answer: undefined });
}

export function ConfirmDialog() {
  const question = useQuestion((state) => state.question);
  // Whoever signs in after the one who was asked is not asked in their place.
  useEffect(() => () => settle(false), []);
  if (!question) return null;
  return (
    <Dialog
      alert
      isOpen
      width="sm"
      title={question.title}
      onClose={() => settle(false)}
      footer={
        <>
          {/* What cannot be undone is not done by an Enter too many. */}
          <Button autoFocus={question.danger} onPress={() => settle(false)}>
            {question.back ?? "Cancel"}
          </Button>
          <Button
            autoFocus={!question.danger}
            look={question.danger ? "danger" : "primary"}
            onPress={() => settle(true)}
          >
            {question.action}
          </Button>
        </>
      }
    >
      <div className="text-ink-soft">{question.body}</div>
    </Dialog>
  );
}
