import { Form } from "react-aria-components";
import { sentence } from "@/api/problem";
import { Button } from "./Button";
import { useSubmit } from "./useSubmit";

/**
 * A form that stands in the page, not in a window; what FormModal is otherwise. `submit` throws what the server
 * answered: a message for a field goes to that field, anything else is said above the button.
 */
export function InlineForm({
  action,
  submit,
  children,
  changed = true,
  hidden,
  back,
}: {
  /** The verb on the button. */
  action: string;
  submit: () => Promise<unknown>;
  children: (errors: Record<string, string>) => React.ReactNode;
  /** There is something to send. */
  changed?: boolean;
  /** Nothing can be sent: the fields are only read. */
  hidden?: boolean;
  /** What stands at the left, as the way back; the button then stands at the right. */
  back?: React.ReactNode;
}) {
  const { busy, error, errors, send } = useSubmit(submit);
  return (
    <Form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed && !hidden) void send();
      }}
    >
      {children(errors)}
      {error !== undefined && (
        <p role="alert" className="text-bad">
          {Object.keys(errors).length > 0 ? "Please look at the fields that are marked." : sentence(error)}
        </p>
      )}
      {!hidden && (
        <div className="flex flex-wrap items-center justify-between gap-2">
          {back}
          <Button look="primary" type="submit" busy={busy} isDisabled={!changed}>
            {action}
          </Button>
        </div>
      )}
    </Form>
  );
}
