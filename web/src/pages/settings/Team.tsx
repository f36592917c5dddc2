/** Who belongs to the account, as what, and who is invited. */
import { LogOut, Pencil, UserMinus, UserPlus } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, call } from "@/api/client";
import { useMay, useMe } from "@/api/query";
import type { Member, Workspace } from "@/api/types";
import { date } from "@/lib/format";
import { RowActions } from "@/ui/ActionButtons";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { confirm } from "@/ui/ConfirmDialog";
import { Page } from "@/ui/Page";
import { Row, RowList } from "@/ui/RowList";
import { Section } from "@/ui/Section";
import { Invitations } from "./Invitations";
import { InviteDialog, MemberDialog } from "./MemberDialogs";
import { act, useMembers, useWorkspaces } from "./resources";
import { mayManage, ROLES, roleName } from "./roles";

export function Team() {
  const me = useMe().data;
  const may = useMay("admin");
  const navigate = useNavigate();
  const [inviting, setInviting] = useState(false);
  const [edited, edit] = useState<Member>();
  const workspaces = useWorkspaces().rows;
  const members = useMembers();
  const remove = async (member: Member) => {
    const name = member.display_name || member.email;
    const yes = await confirm({
      title: `Remove ${name}?`,
      body: `${name} will not see this account any more. What they made stays. You can invite them again.`,
      action: `Remove ${name}`,
      danger: true,
    });
    if (!yes) return;
    const deed = () => call(api.DELETE("/api/auth/users/{id}", { params: { path: { id: member.id } } }));
    await act(deed, `${name} is removed.`, "members", "me");
  };
  return (
    <Page
      title="Team"
      intro="Who works in this account, and what each may do."
      actions={
        may && (
          <Button look="primary" icon={UserPlus} onPress={() => setInviting(true)}>
            Invite someone
          </Button>
        )
      }
    >
      <Section flush title={members.total === undefined ? "Members" : `Members (${members.total})`}>
        <RowList
          label="Members"
          items={members.rows}
          state={members}
          empty={null}
          row={(member) => {
            const isSelf = member.id === me?.user?.id;
            const entries = isSelf
              ? [{ id: "self", label: "Leave in Settings", icon: LogOut, run: () => void navigate("/settings") }]
              : [
                  { id: "edit", label: "Change role", icon: Pencil, run: () => edit(member) },
                  { id: "remove", label: "Remove", icon: UserMinus, danger: true, run: () => void remove(member) },
                ];
            const shown = isSelf || (may && mayManage(me, member));
            return (
              <Row
                key={member.id}
                title={
                  <>
                    {member.display_name || member.email}
                    {isSelf && <span className="font-normal text-ink-soft"> (you)</span>}
                  </>
                }
                note={[member.display_name && member.email, `joined ${date(member.created_at)}`]
                  .filter(Boolean)
                  .join(" · ")}
                badges={
                  <>
                    {member.status === "disabled" && <Badge tone="warn">May not sign in</Badge>}
                    <Limits ids={member.workspace_ids} workspaces={workspaces} />
                    <Badge tone="brand">{roleName(member.role)}</Badge>
                  </>
                }
                actions={
                  shown ? (
                    <RowActions label={`Actions for ${member.display_name || member.email}`} entries={entries} />
                  ) : (
                    <span className="w-9" />
                  )
                }
              />
            );
          }}
        />
      </Section>
      {/* What stands below a list of unknown length comes with it, so that it does not move. */}
      {!members.loading && (
        <>
          {may && <Invitations workspaces={workspaces} />}
          <Section title="What each role may do">
            <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-[6rem_1fr] sm:gap-y-2">
              {ROLES.map((role) => (
                <div key={role.id} className="contents">
                  <dt className="font-medium">{role.name}</dt>
                  <dd className="text-ink-soft max-sm:mb-2">{role.note}</dd>
                </div>
              ))}
            </dl>
            <p className="mt-4 text-[13px] text-ink-soft">
              Viewers and editors can be limited to some workspaces; they see the sites in these alone.
            </p>
          </Section>
        </>
      )}
      <InviteDialog
        key={inviting ? "open" : "closed"}
        isOpen={inviting}
        onClose={() => setInviting(false)}
        workspaces={workspaces}
      />
      <MemberDialog
        key={edited?.id ?? "none"}
        member={edited}
        onClose={() => edit(undefined)}
        workspaces={workspaces}
      />
    </Page>
  );
}

/** The workspaces that someone is limited to, by name. */
export function Limits({ ids, workspaces }: { ids: string[]; workspaces: Workspace[] }) {
  return ids.map((id) => (
    <Badge key={id}>{workspaces.find((one) => one.id === id)?.name ?? "Deleted workspace"}</Badge>
  ));
}
