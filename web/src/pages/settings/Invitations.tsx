/** Who was invited: those who have not answered yet, and on demand all. */
import { MailX } from "lucide-react";
import { useState } from "react";
import { api, call } from "@/api/client";
import { useList } from "@/api/query";
import type { Invitation, Workspace } from "@/api/types";
import { ago, date, words } from "@/lib/format";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { confirm } from "@/ui/ConfirmDialog";
import { Switch } from "@/ui/Field";
import { Row, RowList } from "@/ui/RowList";
import { Section } from "@/ui/Section";
import { act } from "./resources";
import { roleName } from "./roles";
import { Limits } from "./Team";

/** `expired` is what the server leaves to be seen from the date. */
function stateOf(invitation: Invitation): "pending" | "accepted" | "revoked" | "expired" {
  const isOver = new Date(invitation.expires_at).getTime() <= Date.now();
  return invitation.status === "pending" && isOver ? "expired" : invitation.status;
}

const TONES = { pending: "warn", accepted: "good", revoked: "plain", expired: "plain" } as const;

export function Invitations({ workspaces }: { workspaces: Workspace[] }) {
  const [all, setAll] = useState(false);
  const list = useList<Invitation>("invitations", "team", (cursor) =>
    call(api.GET("/api/auth/users/invitations", { params: { query: { limit: 200, cursor } } })),
  );
  const shown = all ? list.rows : list.rows.filter((one) => one.status === "pending");
  const revoke = async (invitation: Invitation) => {
    const yes = await confirm({
      title: `Revoke the invitation of ${invitation.email}?`,
      body: "The link in the email will not work any more. You can invite them again.",
      action: "Revoke",
      danger: true,
    });
    if (!yes) return;
    const path = { id: invitation.id };
    const deed = () => call(api.DELETE("/api/auth/users/invitations/{id}", { params: { path } }));
    await act(deed, `The invitation of ${invitation.email} is revoked.`, "invitations");
  };
  return (
    <Section
      flush
      title="Invitations"
      actions={
        list.rows.length > 0 && (
          <Switch isSelected={all} onChange={setAll}>
            Show past invitations
          </Switch>
        )
      }
    >
      <RowList
        label="Invitations"
        items={shown}
        state={list}
        places={1}
        empty={<p className="border-t border-line px-5 py-4 text-ink-soft">Nobody is invited at the moment.</p>}
        row={(invitation) => {
          const state = stateOf(invitation);
          const end = state === "pending" ? `good until ${date(invitation.expires_at)}` : undefined;
          return (
            <Row
              key={invitation.id}
              title={invitation.email}
              note={[`sent ${ago(invitation.created_at)}`, end].filter(Boolean).join(" · ")}
              badges={
                <>
                  <Limits ids={invitation.workspace_ids} workspaces={workspaces} />
                  <Badge tone="brand">{roleName(invitation.role)}</Badge>
                  <Badge tone={TONES[state]}>{words(state)}</Badge>
                </>
              }
              actions={
                invitation.status === "pending" && (
                  <Button
                    size="sm"
                    look="quiet"
                    icon={MailX}
                    aria-label={`Revoke the invitation of ${invitation.email}`}
                    onPress={() => void revoke(invitation)}
                  >
                    Revoke
                  </Button>
                )
              }
            />
          );
        }}
      />
    </Section>
  );
}
