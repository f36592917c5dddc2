import { NavLink } from "react-router";
import { useMe } from "@/api/query";
import { cx } from "@/lib/cx";
import { isOn, mayOf } from "@/lib/rights";
import { useUi } from "@/lib/store";
import { navFor } from "./nav";

export function Sidebar() {
  const me = useMe().data;
  // Which entries there are is known with the person; until then none, so that no entry makes room for another.
  const groups = me
    ? navFor(
        (role) => mayOf(me, role),
        (flag) => isOn(me, flag),
      )
    : [];
  return (
    <nav aria-label="Main" className="flex flex-col gap-3.5 overflow-y-auto p-3 max-lg:px-0">
      {groups.map((group) => (
        <div key={group.label ?? ""}>
          {group.label && <p className="px-3 pb-1 text-xs font-medium text-ink-soft">{group.label}</p>}
          <ul className="flex flex-col gap-0.5">
            {group.entries.map(({ to, label, icon: Icon }) => (
              <li key={to}>
                <NavLink
                  to={to}
                  end={to === "/" || to === "/billing" || to === "/settings"}
                  onClick={() => useUi.getState().show({ menuOpen: false })}
                  className={({ isActive }) =>
                    cx(
                      "flex h-8 items-center gap-3 rounded-lg px-3 font-medium pointer-coarse:h-11",
                      isActive ? "bg-brand-soft text-brand-strong" : "text-ink-soft hover:bg-sunk hover:text-ink",
                    )
                  }
                >
                  <Icon className="size-[18px]" aria-hidden />
                  {label}
                </NavLink>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
