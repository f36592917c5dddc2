/** Keys with which programs use the API. A key's secret is shown once, when it is made. */
import { KeyRound, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, call } from "@/api/client";
import { useList, useMay } from "@/api/query";
import type { ApiKey } from "@/api/types";
import { ago, date } from "@/lib/format";
import { RowActions } from "@/ui/ActionButtons";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { confirm } from "@/ui/ConfirmDialog";
import { Page } from "@/ui/Page";
import { Row, RowList } from "@/ui/RowList";
import { Section } from "@/ui/Section";
import { EmptyState } from "@/ui/states";
import { CreateKeyDialog, RenameKeyDialog, SecretDialog, type ShownSecret } from "./KeyDialogs";
import { act } from "./resources";
import { roleName } from "./roles";

export function ApiKeys() {
  const may = useMay("admin");
  const [creating, setCreating] = useState(false);
  const [renamed, rename] = useState<ApiKey>();
  const [secret, setSecret] = useState<ShownSecret>();
  const keys = useList<ApiKey>("api-keys", "settings", (cursor) =>
    call(api.GET("/api/auth/api-keys", { params: { query: { limit: 200, cursor } } })),
  );
  const revoke = async (key: ApiKey) => {
    const yes = await confirm({
      title: `Revoke the key ${key.name}?`,
      body: "Programs that use it stop working at once. This cannot be undone.",
      action: "Revoke the key",
      danger: true,
    });
    if (!yes) return;
    const deed = () => call(api.DELETE("/api/auth/api-keys/{id}", { params: { path: { id: key.id } } }));
    await act(deed, `The key ${key.name} is revoked.`, "api-keys");
  };
  const create = (
    <Button look="primary" icon={Plus} onPress={() => setCreating(true)}>
      Create key
    </Button>
  );
  return (
    <Page
      title="API keys"
      intro="For programs that work with this account. A key sees all sites, and may do what its role may."
      actions={may && create}
    >
      <Section flush title="Keys">
        <RowList
          label="API keys"
          items={keys.rows}
          state={keys}
          empty={
            <EmptyState icon={KeyRound} title="No keys yet" action={may && create}>
              A key lets a script or another service read and change what is here. It sends the key with every request
              as <code className="font-mono text-[13px]">X-Api-Key</code>.
            </EmptyState>
          }
          row={(key) => (
            <Row
              key={key.id}
              title={key.name}
              note={[
                `created ${ago(key.created_at)}`,
                key.expires_at ? `expires ${date(key.expires_at)}` : "never expires",
              ].join(" · ")}
              badges={
                <>
                  {isOver(key) && <Badge tone="bad">Expired</Badge>}
                  <Badge tone="brand">{roleName(key.role)}</Badge>
                </>
              }
              actions={
                may && (
                  <RowActions
                    label={`Actions for the key ${key.name}`}
                    entries={[
                      { id: "rename", label: "Rename", icon: Pencil, run: () => rename(key) },
                      { id: "revoke", label: "Revoke", icon: Trash2, danger: true, run: () => void revoke(key) },
                    ]}
                  />
                )
              }
            />
          )}
        />
      </Section>
      <CreateKeyDialog
        key={creating ? "open" : "closed"}
        isOpen={creating}
        onClose={() => setCreating(false)}
        made={setSecret}
      />
      <RenameKeyDialog key={renamed?.id ?? "none"} apiKey={renamed} onClose={() => rename(undefined)} />
      <SecretDialog shown={secret} onClose={() => setSecret(undefined)} />
    </Page>
  );
}

function isOver(key: ApiKey): boolean {
  return key.expires_at != null && new Date(key.expires_at).getTime() <= Date.now();
}
