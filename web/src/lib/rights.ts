/** What a person may do and which features are on, from what the server says of them. */
import type { Me, Role } from "@/api/types";

const RANK: Record<Role, number> = { viewer: 0, system_bot: 1, editor: 1, admin: 2, owner: 3 };

/** True when the role is at least this one. */
export function mayOf(me: Me | undefined, role: Role): boolean {
  return me !== undefined && RANK[me.role] >= RANK[role];
}

/** The tenant may only read: it is suspended, cancelled or deleted. */
export function isReadOnly(me: Me | undefined): boolean {
  return me !== undefined && ["suspended", "cancelled", "deleted"].includes(me.tenant.status);
}

/** A feature is on unless the server says that it is off for this tenant. */
export function isOn(me: Me | undefined, flag: string): boolean {
  return me?.flags[flag] !== false;
}
