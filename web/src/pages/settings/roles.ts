import type { Me, Role } from "@/api/types";

/** The roles of people, from least to most, and what each may do. */
export const ROLES: { id: Role; name: string; note: string }[] = [
  {
    id: "viewer",
    name: "Viewer",
    note: "Sees keywords, articles, jobs and the credits that are left. Changes nothing.",
  },
  {
    id: "editor",
    name: "Editor",
    note: "Also works on keywords, clusters, ideas, tasks and articles, publishes them, and spends credits on it.",
  },
  {
    id: "admin",
    name: "Admin",
    note: "Also manages sites, workspaces, API keys, viewers and editors, and sees what credits were spent on.",
  },
  { id: "owner", name: "Owner", note: "Everything, also admins and other owners." },
];

export function roleName(role: Role): string {
  return ROLES.find((one) => one.id === role)?.name ?? "Service";
}

/** The roles that someone may give: an owner any, an admin those below admin. */
export function grantable(role: Role | undefined): typeof ROLES {
  if (role === "owner") return ROLES;
  if (role === "admin") return ROLES.filter((one) => one.id === "viewer" || one.id === "editor");
  return [];
}

/** Whether someone may change or remove a member: never themself, and an admin only those below admin. */
export function mayManage(me: Me | undefined, member: { id: string; role: Role }): boolean {
  if (!me || member.id === me.user?.id) return false;
  return me.role === "owner" || grantable(me.role).some((one) => one.id === member.role);
}
