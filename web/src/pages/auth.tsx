/** Pages for who is not signed in: sign up, sign in, forgotten password, accept an invitation. */
import { useState } from "react";
import { Form } from "react-aria-components";
import { Link, Navigate, useLocation, useNavigate, useSearchParams } from "react-router";
import { api, call } from "@/api/client";
import { sentence } from "@/api/problem";
import { queryClient } from "@/api/query";
import { enter, useSession } from "@/api/session";
import { Button, LinkButton } from "@/ui/Button";
import { TextField } from "@/ui/Field";
import { useSubmit } from "@/ui/useSubmit";
import { checkLength, lengthError, passwordHint, SHORTEST_PASSWORD, ShortPassword, TOO_SHORT } from "./password";

function Frame({ title, intro, children }: { title: string; intro?: React.ReactNode; children: React.ReactNode }) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 p-4">
      <title>{`${title} · IGNY8`}</title>
      <p className="flex items-center gap-2.5 text-lg font-semibold tracking-tight">
        <img src="/icon.svg" alt="" className="size-8" /> IGNY8
      </p>
      <div className="card w-full max-w-sm p-6">
        <h1>{title}</h1>
        {intro && <p className="mt-1 text-ink-soft">{intro}</p>}
        <div className="mt-5">{children}</div>
      </div>
    </main>
  );
}

/** Where to go after signing in: an address of this site, never of another. */
function useNext(otherwise: string): string {
  const to = useSearchParams()[0].get("to");
  return to?.startsWith("/") && !to.startsWith("//") ? to : otherwise;
}

/** A form of these pages: sends, and shows what the server said. */
function Ask({
  action,
  submit,
  children,
}: {
  action: string;
  submit: () => Promise<void>;
  children: (errors: Record<string, string>) => React.ReactNode;
}) {
  const { busy, error, errors, send } = useSubmit(submit);
  return (
    <Form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {children(errors)}
      {error !== undefined && (
        // The field itself counts what is missing, as long as something is.
        <p role="alert" className={error instanceof ShortPassword ? "sr-only" : "text-bad"}>
          {sentence(error)}
        </p>
      )}
      <Button look="primary" type="submit" busy={busy}>
        {action}
      </Button>
    </Form>
  );
}

const LINK = "font-medium text-brand underline-offset-2 hover:underline";

function Email(props: { value: string; onChange: (value: string) => void; error?: string }) {
  return <TextField label="Email" type="email" autoComplete="email" isRequired {...props} />;
}

function NewPassword({
  error,
  ...rest
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  error?: string;
}) {
  return (
    <TextField
      {...rest}
      type="password"
      autoComplete="new-password"
      isRequired
      hint={passwordHint(rest.value)}
      error={error === TOO_SHORT ? lengthError(rest.value) : error}
    />
  );
}

export function SignIn() {
  const navigate = useNavigate();
  const next = useNext("/");
  const status = useSession((state) => state.status);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  if (status === "in") return <Navigate to={next} replace />;
  return (
    <Frame title="Sign in" intro="Welcome back.">
      <Ask
        action="Sign in"
        submit={async () => {
          queryClient.clear();
          enter(await call(api.POST("/api/auth/login", { body: { email, password } })));
          void navigate(next, { replace: true });
        }}
      >
        {(errors) => (
          <>
            <Email value={email} onChange={setEmail} error={errors.email} />
            <TextField
              label="Password"
              type="password"
              autoComplete="current-password"
              isRequired
              value={password}
              onChange={setPassword}
              error={errors.password}
            />
          </>
        )}
      </Ask>
      <p className="mt-5 flex flex-wrap justify-between gap-2">
        <Link to="/forgotten-password" className={LINK}>
          Forgot your password?
        </Link>
        <Link to="/sign-up" className={LINK}>
          Create an account
        </Link>
      </p>
    </Frame>
  );
}

export function SignUp() {
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  return (
    <Frame title="Create an account" intro="Free to try: a new account has trial credits and asks for no card.">
      <Ask
        action="Create account"
        submit={async () => {
          checkLength(password);
          queryClient.clear();
          enter(await call(api.POST("/api/auth/register", { body: { tenant_name: name, email, password } })));
          void navigate("/welcome", { replace: true });
        }}
      >
        {(errors) => (
          <>
            <TextField
              label="Company or project"
              autoComplete="organization"
              isRequired
              value={name}
              onChange={setName}
              error={errors.tenant_name}
            />
            <Email value={email} onChange={setEmail} error={errors.email} />
            <NewPassword label="Password" value={password} onChange={setPassword} error={errors.password} />
          </>
        )}
      </Ask>
      <p className="mt-5">
        You have an account?{" "}
        <Link to="/sign-in" className={LINK}>
          Sign in
        </Link>
      </p>
    </Frame>
  );
}

export function ForgottenPassword() {
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  return (
    <Frame title="Forgotten password">
      {sent ? (
        <div role="status" className="flex flex-col gap-4">
          <p>
            If there is an account for <b>{email}</b>, a link to choose a new password is on its way. It is good for an
            hour.
          </p>
          <LinkButton to="/sign-in">Back to sign in</LinkButton>
        </div>
      ) : (
        <Ask
          action="Send the link"
          submit={async () => {
            await call(api.POST("/api/auth/password-reset", { body: { email } }));
            setSent(true);
          }}
        >
          {(errors) => <Email value={email} onChange={setEmail} error={errors.email} />}
        </Ask>
      )}
    </Frame>
  );
}

/** The token of a link in a mail, `#token=…`: behind the #, so that no server's log on the way sees it. */
function useMailToken(): string {
  return new URLSearchParams(useLocation().hash.slice(1)).get("token") ?? "";
}

export function ResetPassword() {
  const token = useMailToken();
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(false);
  if (!token) return <NoToken what="password link" />;
  return (
    <Frame title="Choose a new password">
      {done ? (
        <div role="status" className="flex flex-col gap-4">
          <p>Your password is changed. All other sessions were signed out.</p>
          <LinkButton look="primary" to="/sign-in">
            Sign in
          </LinkButton>
        </div>
      ) : (
        <Ask
          action="Save the password"
          submit={async () => {
            checkLength(password);
            await call(api.POST("/api/auth/password-reset/confirm", { body: { token, password } }));
            setDone(true);
          }}
        >
          {(errors) => (
            <NewPassword
              label="New password"
              value={password}
              onChange={setPassword}
              error={errors.password ?? errors.token}
            />
          )}
        </Ask>
      )}
    </Frame>
  );
}

export function AcceptInvitation() {
  const token = useMailToken();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  if (!token) return <NoToken what="invitation" />;
  return (
    <Frame
      title="Accept the invitation"
      intro="New to IGNY8? Choose a name and a password. If you have an account already, enter its password."
    >
      <Ask
        action="Join"
        submit={async () => {
          queryClient.clear();
          const body = { token, password, display_name: name || undefined };
          enter(await call(api.POST("/api/auth/invitations/accept", { body })));
          void navigate("/", { replace: true });
        }}
      >
        {(errors) => (
          <>
            <TextField
              label="Your name"
              autoComplete="name"
              value={name}
              onChange={setName}
              error={errors.display_name}
            />
            <TextField
              label="Password"
              type="password"
              isRequired
              hint={`A new one has at least ${SHORTEST_PASSWORD} characters; a few words are good.`}
              value={password}
              onChange={setPassword}
              error={errors.password ?? errors.token}
            />
          </>
        )}
      </Ask>
    </Frame>
  );
}

function NoToken({ what }: { what: string }) {
  return (
    <Frame title={`This ${what} is not complete`}>
      <p className="mb-4">Open the link in the email again, or ask for a new one.</p>
      <LinkButton to="/sign-in">Go to sign in</LinkButton>
    </Frame>
  );
}
