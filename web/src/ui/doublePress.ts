/**
 * A press is meant for what was seen. The second press of a double-click falls on what the first has put there: the
 * button that says “Make a task” where it said “Accept”, the button of the next step, what lies beside a window that
 * has just opened. Such a press does nothing; a second press on the same thing is left as it is.
 */

const CONTROL = "button, a, label, [role=button], [role=menuitem], [role=option], tr, li";
const TEXT = "input:not([type=checkbox], [type=radio]), textarea, [contenteditable=true]";
/** Two presses of a key within so many milliseconds are one double press; of the mouse, the system tells. */
const DOUBLE = 500;

/** What a press is for: a thing and its words, as they are at that moment. In a text, one may press as often as one likes. */
type Aim = { element: Element; text: string; isText: boolean };

function aimOf(target: EventTarget | null): Aim | undefined {
  if (!(target instanceof Element)) return undefined;
  const text = target.closest(TEXT);
  if (text) return { element: text, text: "", isText: true };
  const element = target.closest(CONTROL) ?? target;
  return { element, text: element.textContent, isText: false };
}

const isOther = (first: Aim, aim: Aim) => !aim.isText && (first.element !== aim.element || first.text !== aim.text);

/** Watches the presses of a page; answers how to stop that. */
export function guardDoublePress(page: Document): () => void {
  let clicked: Aim | undefined;
  let keyed: { aim: Aim; at: number } | undefined;
  let isPassedOn = false;

  const onClick = (event: MouseEvent) => {
    const aim = aimOf(event.target);
    if (event.detail <= 1 || !clicked) clicked = aim;
    else if (aim && isOther(clicked, aim)) {
      event.preventDefault();
      // A press of react-aria has begun on a control and must hear of its end; a window must not hear of one beside it.
      if (aim.element.matches(CONTROL)) event.stopPropagation();
      else event.stopImmediatePropagation();
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // A search passes its press on to the item of the list beside it: it is the same press.
    if (isPassedOn) return;
    isPassedOn = true;
    setTimeout(() => {
      isPassedOn = false;
    });
    const aim = event.key === "Enter" || event.key === " " ? aimOf(event.target) : undefined;
    const isAgain = keyed && (event.repeat || event.timeStamp - keyed.at < DOUBLE);
    if (!aim || !keyed || !isAgain) keyed = aim && { aim, at: event.timeStamp };
    else if (isOther(keyed.aim, aim)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  };
  page.addEventListener("click", onClick, true);
  page.addEventListener("keydown", onKeyDown, true);
  return () => {
    page.removeEventListener("click", onClick, true);
    page.removeEventListener("keydown", onKeyDown, true);
  };
}
