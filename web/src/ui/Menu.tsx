import type { LucideIcon } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton, Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { cx } from "@/lib/cx";

export type MenuEntry = {
  id: string;
  label: string;
  icon?: LucideIcon;
  danger?: boolean;
  disabled?: boolean;
  run: () => void;
};

/** A button with a menu of actions. The button is the child. */
export function Menu({
  label,
  entries,
  children,
  ...open
}: {
  label: string;
  entries: MenuEntry[];
  children: React.ReactNode;
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
}) {
  return (
    <MenuTrigger {...open}>
      {children}
      <Popover placement="bottom end" className="pop card min-w-48 shadow-lg">
        <AriaMenu
          aria-label={label}
          className="max-h-96 overflow-auto p-1 outline-none"
          disabledKeys={entries.filter((entry) => entry.disabled).map((entry) => entry.id)}
          onAction={(key) => entries.find((entry) => entry.id === key)?.run()}
        >
          {entries.map(({ id, label: text, icon: Icon, danger }) => (
            <MenuItem
              key={id}
              id={id}
              textValue={text}
              className={cx(
                "flex cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-2 outline-none pointer-coarse:py-3 data-[disabled]:cursor-not-allowed data-[disabled]:opacity-50 data-[focused]:bg-sunk",
                danger && "text-bad",
              )}
            >
              {Icon && <Icon className="size-4" aria-hidden />}
              {text}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

/** A plain button whose menu is made when it is asked for: a table has hundreds of these. */
export function MenuButton({
  label,
  name,
  title,
  entries,
  className,
  children,
}: {
  /** What the menu is called. */
  label: string;
  /** What the button is called. */
  name: string;
  /** What is told of the button to who points at it. */
  title?: string;
  entries: () => MenuEntry[];
  className?: string;
  children: React.ReactNode;
}) {
  const [isOpen, setOpen] = useState<boolean>();
  if (isOpen === undefined) {
    return (
      <button
        type="button"
        aria-label={name}
        aria-haspopup="menu"
        title={title}
        className={className}
        onClick={() => setOpen(true)}
      >
        {children}
      </button>
    );
  }
  return (
    <Menu label={label} entries={entries()} isOpen={isOpen} onOpenChange={setOpen}>
      <AriaButton aria-label={name} className={className}>
        {children}
      </AriaButton>
    </Menu>
  );
}
