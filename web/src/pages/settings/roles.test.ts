import { expect, test } from "vitest";
import type { Me, Role } from "@/api/types";
import { grantable, mayManage } from "./roles";

const me = (role: Role) => ({ role, user: { id: "me" } }) as Me;

test("an admin gives and takes only what is below admin; nobody changes themself", () => {
  expect(grantable("admin").map((role) => role.id)).toEqual(["viewer", "editor"]);
  expect(grantable("owner")).toHaveLength(4);
  expect(grantable("editor")).toHaveLength(0);
  expect(mayManage(me("admin"), { id: "x", role: "editor" })).toBe(true);
  expect(mayManage(me("admin"), { id: "x", role: "admin" })).toBe(false);
  expect(mayManage(me("owner"), { id: "x", role: "owner" })).toBe(true);
  expect(mayManage(me("owner"), { id: "me", role: "owner" })).toBe(false);
  expect(mayManage(me("viewer"), { id: "x", role: "viewer" })).toBe(false);
});
