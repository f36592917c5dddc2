import { useId } from "react";
import { Form } from "react-aria-components";
import { sentence } from "@/api/problem";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { useSubmit } from "./useSubmit";

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
  const { busy, error, errors, send, forget } = useSubmit(submit);
  const close = () => {
    forget();
    onClose();
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
          void send().then((done) => done && onClose());
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
