import { useId, useState } from "react";
import { Form } from "react-aria-components";
import { ApiError, sentence } from "@/api/problem";
import { Button } from "./Button";
import { Dialog } from "./Dialog";

/**
 * A form in a window. `submit` does the work and throws what the server answered: a message for a field goes to that
 * field (`errors`), anything else above the buttons. What was entered stays until it is saved or the window is closed.
 */
export function FormModal({
  title,
  action,
  isOpen,
  onClose,
  submit,
  children,
  width,
}: {
  title: string;
  /** The verb on the button. */
  action: string;
  isOpen: boolean;
  onClose: () => void;
  submit: () => Promise<unknown>;
  children: (errors: Record<string, string>) => React.ReactNode;
  width?: "sm" | "md" | "lg";
}) {
  // One form may stand over another.
  const id = useId();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const errors = error instanceof ApiError ? error.fields : {};
  const close = () => {
    setError(undefined);
    onClose();
  };
  const send = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await submit();
      onClose();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={title}
      isOpen={isOpen}
      onClose={close}
      width={width}
      footer={
        <>
          <Button onPress={close}>Cancel</Button>
          <Button look="primary" type="submit" form={id} busy={busy}>
            {action}
          </Button>
        </>
      }
    >
      <Form
        id={id}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void send();
        }}
      >
        {children(errors)}
        {error !== undefined && (
          <p role="alert" className="text-bad">
            {sentence(error)}
          </p>
        )}
      </Form>
    </Dialog>
  );
}
