import { X } from "lucide-react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { cx } from "@/lib/cx";
import { IconButton } from "./Button";

const WIDTHS = { sm: "max-w-md", md: "max-w-xl", lg: "max-w-3xl", full: "max-w-6xl" };

/** A window over the page. It keeps the focus, closes by Escape, and scrolls inside when it is long. */
export function Dialog({
  title,
  isOpen,
  onClose,
  width = "md",
  alert,
  locked,
  children,
  footer,
}: {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  width?: keyof typeof WIDTHS;
  /** It asks something that must be answered: read out at once. */
  alert?: boolean;
  /** It cannot be closed by Escape or by a press beside it. */
  locked?: boolean;
  children: React.ReactNode;
  footer?: React.ReactNode;
}) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      // A question is answered by its buttons or Esc: the second press of a double-click falls beside it.
      isDismissable={!locked && !alert}
      isKeyboardDismissDisabled={locked}
      className="fixed inset-0 z-40 flex items-end justify-center bg-black/50 sm:items-center sm:p-6"
    >
      <Modal
        className={cx("pop card flex max-h-[92dvh] w-full flex-col shadow-xl max-sm:rounded-b-none", WIDTHS[width])}
      >
        <AriaDialog role={alert ? "alertdialog" : "dialog"} className="flex min-h-0 flex-col outline-none">
          <header className="flex items-center justify-between gap-3 border-b border-line py-2.5 pr-2.5 pl-5">
            <Heading slot="title" className="min-w-0 text-base font-semibold break-words">
              {title}
            </Heading>
            {!locked && <IconButton label="Close" icon={X} onPress={onClose} />}
          </header>
          <div className="min-h-0 overflow-y-auto px-5 py-4">{children}</div>
          {footer && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3 max-sm:[&>*]:flex-1">
              {footer}
            </footer>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
