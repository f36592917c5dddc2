import { useId, useState } from "react";
import { Form } from "react-aria-components";
import { sentence } from "@/api/problem";
import { Button } from "./Button";
import { confirm, DISCARD } from "./ConfirmDialog";
import { Dialog } from "./Dialog";
import { useSubmit } from "./useSubmit";

type FormModalProps = {
  title: string;
  /** The verb on the button. */
  action: string;
  isOpen: boolean;
  onClose: () => void;
  submit: () => Promise<unknown>;
  /** All that was entered, or what would be sent of it: whoever closes the window is asked once this has changed. */
  values: unknown;
  children: (errors: Record<string, string>) => React.ReactNode;
  width?: "sm" | "md" | "lg";
};

/**
 * A form in a window. `submit` does the work and throws what the server answered: a message for a field goes to that
 * field (`errors`), anything else above the buttons. What was entered stays until it is saved or given up.
 */
export function FormModal({ isOpen, ...rest }: FormModalProps) {
  return isOpen && <OpenForm {...rest} />;
}

function OpenForm({ title, action, onClose, submit, values, children, width }: Omit<FormModalProps, "isOpen">) {
  // One form may stand over another.
  const id = useId();
  const { busy, error, errors, send } = useSubmit(submit);
  const now = JSON.stringify(values);
  const [first] = useState(now);
  const close = async () => {
    if (now === first || (await confirm(DISCARD))) onClose();
  };
  return (
    <Dialog
      title={title}
      isOpen
      onClose={() => void close()}
      width={width}
      footer={
        <>
          <Button onPress={() => void close()}>Cancel</Button>
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
