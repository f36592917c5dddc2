/** The session ended while someone was at work: they sign in over the page, and nothing on it is lost. */
import { useState } from "react";
import { api, call } from "@/api/client";
import { useMe } from "@/api/query";
import { enter, leave, useSession } from "@/api/session";
import { TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";

export function SignInAgain() {
  const email = useSession((state) => state.email);
  const me = useMe().data;
  const [password, setPassword] = useState("");
  const address = email ?? me?.user?.email ?? "";
  const [typed, setTyped] = useState("");
  return (
    <FormModal
      title="Please sign in again"
      action="Sign in"
      width="sm"
      isOpen
      values={[typed, password]}
      onClose={() => useSession.getState().status === "expired" && leave()}
      submit={async () => {
        const body = { email: address || typed, password, tenant_id: me?.tenant.id };
        enter(await call(api.POST("/api/auth/login", { body })));
      }}
    >
      {(errors) => (
        <>
          <p className="text-ink-soft">
            Your session has ended. What you entered is still here, and is sent once you are signed in. Cancel signs you
            out.
          </p>
          {address ? (
            <p className="font-medium">{address}</p>
          ) : (
            <TextField label="Email" type="email" value={typed} onChange={setTyped} error={errors.email} />
          )}
          <TextField
            label="Password"
            type="password"
            autoComplete="current-password"
            autoFocus
            isRequired
            value={password}
            onChange={setPassword}
            error={errors.password}
          />
        </>
      )}
    </FormModal>
  );
}
