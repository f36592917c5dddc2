/** One of a few ways to show the same, side by side. */
import type { LucideIcon } from "lucide-react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { cx } from "@/lib/cx";

export function ViewToggle<Id extends string>({
  views,
  value,
  onChange,
}: {
  views: readonly { id: Id; name: string; icon: LucideIcon }[];
  value: Id;
  onChange: (value: Id) => void;
}) {
  return (
    <ToggleButtonGroup
      aria-label="Show as"
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const next = views.find((view) => keys.has(view.id));
        if (next) onChange(next.id);
      }}
      className="flex rounded-lg bg-sunk p-0.5"
    >
      {views.map((view) => (
        <ToggleButton
          key={view.id}
          id={view.id}
          className={({ isSelected }) =>
            cx(
              "flex h-8 cursor-pointer items-center gap-1.5 rounded-md border px-3 text-[13px] font-medium pointer-coarse:h-10",
              isSelected
                ? "border-line bg-card text-ink shadow-sm dark:border-line-strong"
                : "border-transparent text-ink-soft hover:text-ink",
            )
          }
        >
          <view.icon className="size-4" aria-hidden />
          {view.name}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
