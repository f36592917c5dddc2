/** Inviting someone, and changing what a member may do: the same role and limits. */
import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { invalidate, useMe } from "@/api/query";
import type { Member, Role, Workspace } from "@/api/types";
import { Choice } from "@/ui/Choice";
import { Checkbox, TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { told } from "@/ui/ToastNotifications";
import { grantable } from "./roles";

type Rights = { role: Role; workspaces: string[] };

/** Admins and owners see all; who is below can be limited. */
function limitsOf({ role, workspaces }: Rights): string[] {
  return role === "viewer" || role === "editor" ? workspaces : [];
}

function RightsFields({
  rights,
  set,
  errors,
  workspaces,
}: {
  rights: Rights;
  set: (rights: Rights) => void;
  errors: Record<string, string>;
  workspaces: Workspace[];
}) {
  const me = useMe().data;
  const isLimitable = rights.role === "viewer" || rights.role === "editor";
  const toggle = (id: string, on: boolean) => {
    const others = rights.workspaces.filter((one) => one !== id);
    set({ ...rights, workspaces: on ? [...others, id] : others });
  };
  return (
    <>
      <Choice
        label="Role"
        options={grantable(me?.role)}
        value={rights.role}
        onChange={(role) => set({ ...rights, role })}
        error={errors.role}
      />
      {isLimitable && workspaces.length > 0 && (
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 text-[13px] font-medium">Limited to workspaces</legend>
          {workspaces.map((workspace) => (
            <Checkbox
              key={workspace.id}
              isSelected={rights.workspaces.includes(workspace.id)}
              onChange={(on) => toggle(workspace.id, on)}
            >
              {workspace.name}
            </Checkbox>
          ))}
          <p className="text-xs text-ink-soft">
            {rights.workspaces.length === 0 ? "None chosen: they see all sites." : "They see the sites in these alone."}
          </p>
          {errors.workspace_ids && <p className="text-xs text-bad">{errors.workspace_ids}</p>}
        </fieldset>
      )}
    </>
  );
}

export function InviteDialog({
  isOpen,
  onClose,
  workspaces,
}: {
  isOpen: boolean;
  onClose: () => void;
  workspaces: Workspace[];
}) {
  const [email, setEmail] = useState("");
  const [rights, set] = useState<Rights>({ role: "editor", workspaces: [] });
  const submit = async () => {
    const body = { email: email.trim(), role: rights.role, workspace_ids: limitsOf(rights) };
    const made = await call(api.POST("/api/auth/users", { body }));
    invalidate("invitations");
    told(`An invitation is on its way to ${made.email}. It is good for seven days.`);
  };
  return (
    <FormModal
      title="Invite someone"
      action="Send the invitation"
      isOpen={isOpen}
      onClose={onClose}
      submit={submit}
      values={[email, rights]}
    >
      {(errors) => (
        <>
          <TextField
            label="Email"
            type="email"
            isRequired
            autoFocus
            autoComplete="off"
            value={email}
            onChange={setEmail}
            error={errors.email}
          />
          <RightsFields rights={rights} set={set} errors={errors} workspaces={workspaces} />
        </>
      )}
    </FormModal>
  );
}

export function MemberDialog({
  member,
  onClose,
  workspaces,
}: {
  member?: Member;
  onClose: () => void;
  workspaces: Workspace[];
}) {
  const [rights, set] = useState<Rights>({ role: member?.role ?? "viewer", workspaces: member?.workspace_ids ?? [] });
  const name = member?.display_name || member?.email || "";
  const submit = async () => {
    if (!member) return;
    const params = { path: { id: member.id } };
    const body = { role: rights.role, workspace_ids: limitsOf(rights) };
    await call(api.PATCH("/api/auth/users/{id}", { params, body, headers: ifMatch(member.version) }));
    invalidate("members", "me");
    told(`The role of ${name} is changed.`);
  };
  return (
    <FormModal
      title={`What ${name} may do`}
      action="Save"
      isOpen={member !== undefined}
      onClose={onClose}
      submit={submit}
      values={rights}
    >
      {(errors) => <RightsFields rights={rights} set={set} errors={errors} workspaces={workspaces} />}
    </FormModal>
  );
}
