import type { LucideIcon } from "lucide-react";
import { Loader2 } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton, type ButtonProps as AriaProps, Tooltip, TooltipTrigger } from "react-aria-components";
import { Link, type LinkProps } from "react-router";
import { cx } from "@/lib/cx";

type Look = "primary" | "plain" | "quiet" | "danger";

const BASE =
  "inline-flex items-center justify-center gap-2 rounded-lg font-medium whitespace-nowrap transition-colors cursor-pointer disabled:opacity-50 disabled:cursor-not-allowed aria-disabled:opacity-50 aria-disabled:cursor-not-allowed";
const LOOKS: Record<Look, string> = {
  primary: "bg-brand text-on-brand hover:bg-brand-strong",
  plain: "bg-card text-ink border border-line hover:bg-sunk",
  quiet: "text-ink-soft hover:bg-sunk hover:text-ink",
  danger: "bg-card text-bad border border-line hover:bg-bad-soft",
};
// A finger needs more room than a mouse.
const SIZES = { md: "h-9 px-3.5 pointer-coarse:h-11", sm: "h-8 px-2.5 text-[13px] pointer-coarse:h-10" };

type ButtonProps = Omit<AriaProps, "children" | "className"> & {
  look?: Look;
  size?: keyof typeof SIZES;
  icon?: LucideIcon;
  /** Waiting for an answer: shows a spinner and takes no press. */
  busy?: boolean;
  children: React.ReactNode;
  className?: string;
};

export function Button({
  look = "plain",
  size = "md",
  icon: Icon,
  busy,
  isDisabled,
  children,
  className,
  ...rest
}: ButtonProps) {
  // A disabled element loses the focus, and with it the place of who works by the keyboard: a button that is disabled
  // by its own press, as Save is, only takes no press until the focus has left.
  const [hasFocus, setHasFocus] = useState(false);
  return (
    <AriaButton
      {...rest}
      onFocusChange={setHasFocus}
      isDisabled={isDisabled && !hasFocus}
      isPending={busy || (isDisabled && hasFocus)}
      className={cx(BASE, LOOKS[look], SIZES[size], className)}
    >
      {busy ? <Loader2 className="size-4 animate-spin" aria-hidden /> : Icon && <Icon className="size-4" aria-hidden />}
      {children}
    </AriaButton>
  );
}

/** The looks of a button that shows a picture alone. */
export const ICON_BUTTON = cx(BASE, LOOKS.quiet, "size-9 shrink-0 pointer-coarse:size-10");

/** A button that shows a picture alone; its label is read out and shown as a tooltip. */
export function IconButton({
  label,
  icon: Icon,
  className,
  ...rest
}: Omit<AriaProps, "children" | "className"> & { label: string; icon: LucideIcon; className?: string }) {
  return (
    <TooltipTrigger delay={500}>
      <AriaButton {...rest} aria-label={label} className={cx(ICON_BUTTON, className)}>
        <Icon className="size-[18px]" aria-hidden />
      </AriaButton>
      <Tooltip offset={6} className="pop rounded-md bg-ink px-2 py-1 text-xs text-card">
        {label}
      </Tooltip>
    </TooltipTrigger>
  );
}

/** A link that looks like a button. */
export function LinkButton({
  look = "plain",
  size = "md",
  icon: Icon,
  children,
  className,
  ...rest
}: Omit<LinkProps, "className"> & { look?: Look; size?: keyof typeof SIZES; icon?: LucideIcon; className?: string }) {
  return (
    <Link {...rest} className={cx(BASE, LOOKS[look], SIZES[size], className)}>
      {Icon && <Icon className="size-4" aria-hidden />}
      {children}
    </Link>
  );
}
