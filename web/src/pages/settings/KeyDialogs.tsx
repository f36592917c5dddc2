import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { invalidate, useMe } from "@/api/query";
import type { ApiKey } from "@/api/types";
import { mayOf } from "@/lib/rights";
import { Button } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { CopyButton } from "@/ui/CopyButton";
import { Dialog } from "@/ui/Dialog";
import { Select, TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";

const KEY_ROLES: { id: "viewer" | "editor" | "admin"; name: string; note: string }[] = [
  { id: "viewer", name: "Viewer", note: "Reads only." },
  { id: "editor", name: "Editor", note: "Also changes and publishes content, and spends credits." },
  { id: "admin", name: "Admin", note: "Also changes sites, the team and keys." },
];

const ENDS = [
  { id: "30", name: "In 30 days" },
  { id: "90", name: "In 90 days" },
  { id: "365", name: "In a year" },
  { id: "never", name: "Never" },
];

function endOf(choice: string): string | null {
  return choice === "never" ? null : new Date(Date.now() + Number(choice) * 86_400_000).toISOString();
}

/** `secret` is missing when the answer was lost on its way: the server keeps none to repeat. */
export type ShownSecret = { name: string; secret?: string | null };

export function CreateKeyDialog({
  isOpen,
  onClose,
  made,
}: {
  isOpen: boolean;
  onClose: () => void;
  made: (shown: ShownSecret) => void;
}) {
  const me = useMe().data;
  const [name, setName] = useState("");
  const [role, setRole] = useState<(typeof KEY_ROLES)[number]["id"]>("viewer");
  const [end, setEnd] = useState("90");
  const submit = async () => {
    const body = { name: name.trim(), role, expires_at: endOf(end) };
    const key = await call(api.POST("/api/auth/api-keys", { body }));
    invalidate("api-keys");
    made({ name: key.name, secret: key.secret });
  };
  return (
    <FormModal
      title="Create an API key"
      action="Create key"
      isOpen={isOpen}
      onClose={onClose}
      submit={submit}
      values={[name, role, end]}
    >
      {(errors) => (
        <>
          <TextField
            label="Name"
            placeholder="Weekly report"
            hint="What will use it."
            isRequired
            autoFocus
            maxLength={100}
            value={name}
            onChange={setName}
            error={errors.name}
          />
          <Choice
            label="What it may do"
            options={KEY_ROLES.filter((one) => mayOf(me, one.id))}
            value={role}
            onChange={setRole}
            error={errors.role}
          />
          <Select
            label="Expires"
            hint="Role and expiry cannot be changed later."
            className="w-48"
            options={ENDS}
            value={end}
            onChange={setEnd}
            error={errors.expires_at}
          />
        </>
      )}
    </FormModal>
  );
}

export function RenameKeyDialog({ apiKey, onClose }: { apiKey?: ApiKey; onClose: () => void }) {
  const [name, setName] = useState(apiKey?.name ?? "");
  const submit = async () => {
    if (!apiKey) return;
    const params = { path: { id: apiKey.id } };
    const body = { name: name.trim() };
    await call(api.PATCH("/api/auth/api-keys/{id}", { params, body, headers: ifMatch(apiKey.version) }));
    invalidate("api-keys");
  };
  return (
    <FormModal
      title={`Rename ${apiKey?.name ?? ""}`}
      action="Rename"
      width="sm"
      isOpen={apiKey !== undefined}
      onClose={onClose}
      submit={submit}
      values={name}
    >
      {(errors) => (
        <TextField
          label="Name"
          isRequired
          autoFocus
          maxLength={100}
          value={name}
          onChange={setName}
          error={errors.name}
        />
      )}
    </FormModal>
  );
}

/** Shows a new secret. It does not close by a stray press: there is no second look. */
export function SecretDialog({ shown, onClose }: { shown?: ShownSecret; onClose: () => void }) {
  if (!shown) return null;
  return (
    <Dialog
      isOpen
      locked
      title={`The key ${shown.name}`}
      onClose={onClose}
      footer={
        <>
          {shown.secret && <CopyButton text={shown.secret}>Copy the key</CopyButton>}
          <Button look="primary" onPress={onClose}>
            {shown.secret ? "I have saved it" : "Close"}
          </Button>
        </>
      }
    >
      {shown.secret ? (
        <>
          <p>Copy it now and keep it in a safe place. It is not shown again.</p>
          <p className="mt-3 rounded-lg bg-sunk px-4 py-3 font-mono text-[13px] break-all select-all">{shown.secret}</p>
          <p className="mt-3 text-[13px] text-ink-soft">
            Programs send it with every request in the header <code className="font-mono">X-Api-Key</code>.
          </p>
        </>
      ) : (
        <p>
          The key was made, but the connection broke before its secret arrived, and it is not kept. Revoke this key and
          create another.
        </p>
      )}
    </Dialog>
  );
}
