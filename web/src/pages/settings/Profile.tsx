/** The person, what they see, the account that they are in, and the ways out. */
import { KeyRound, LogOut } from "lucide-react";
import { useState } from "react";
import { api, call } from "@/api/client";
import { useMe } from "@/api/query";
import { usePlans } from "@/api/resources";
import type { Me } from "@/api/types";
import { credits, date, words } from "@/lib/format";
import { mayOf } from "@/lib/rights";
import { type Theme, useUi } from "@/lib/store";
import { signOut } from "@/shell/Shell";
import { switchTenant } from "@/shell/switchTenant";
import { Badge, StatusBadge } from "@/ui/Badge";
import { Button, LinkButton } from "@/ui/Button";
import { Choice } from "@/ui/Choice";
import { confirm } from "@/ui/ConfirmDialog";
import { Page } from "@/ui/Page";
import { Section } from "@/ui/Section";
import { Skeleton } from "@/ui/states";
import { failed, told } from "@/ui/ToastNotifications";
import { roleName } from "./roles";

const THEMES: { id: Theme; name: string; note: string }[] = [
  { id: "light", name: "Light", note: "Always light." },
  { id: "dark", name: "Dark", note: "Always dark." },
  { id: "system", name: "System", note: "Follows this device." },
];

export function Profile() {
  const me = useMe().data;
  const theme = useUi((ui) => ui.theme);
  return (
    <Page title="Settings" narrow>
      {me ? (
        <>
          <Person me={me} />
          <Section title="Appearance" intro="Kept in this browser.">
            <Choice row label="Theme" options={THEMES} value={theme} onChange={useUi.getState().setTheme} />
          </Section>
          <Account me={me} />
        </>
      ) : (
        <>
          <Skeleton className="h-56" />
          <Skeleton className="h-36" />
          <Skeleton className="h-48" />
        </>
      )}
    </Page>
  );
}

function Facts({ facts }: { facts: [string, React.ReactNode][] }) {
  return (
    <dl className="grid gap-x-8 gap-y-1 sm:grid-cols-[10rem_1fr] sm:gap-y-2.5">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-soft">{name}</dt>
          <dd className="min-w-0 break-words max-sm:mb-2">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Person({ me }: { me: Me }) {
  const [busy, setBusy] = useState(false);
  const { user } = me;
  if (!user) return null;
  const sendLink = async () => {
    setBusy(true);
    try {
      await call(api.POST("/api/auth/password-reset", { body: { email: user.email } }));
      told(`A link to choose a new password is on its way to ${user.email}.`);
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Section title="You">
      <Facts
        facts={[
          ["Name", user.display_name || <span className="text-ink-soft">Not given</span>],
          [
            "Email",
            <span key="email" className="inline-flex flex-wrap items-center gap-2">
              {user.email}
              {user.email_verified ? <Badge tone="good">Verified</Badge> : <Badge>Not verified</Badge>}
            </span>,
          ],
          ["Member since", date(user.created_at)],
        ]}
      />
      <div className="mt-5 flex flex-wrap gap-2">
        <Button icon={KeyRound} busy={busy} onPress={() => void sendLink()}>
          Change password by email
        </Button>
        <Button icon={LogOut} onPress={() => void signOut()}>
          Sign out
        </Button>
      </div>
    </Section>
  );
}

function Account({ me }: { me: Me }) {
  const { tenant } = me;
  const plans = usePlans();
  const monthly = plans.data?.find((plan) => plan.id === tenant.plan)?.monthly_credits;
  const lastOwner = me.role === "owner" && tenant.owners < 2;
  return (
    <Section title="Account">
      <Facts
        facts={[
          ["Name", tenant.name],
          [
            "Plan",
            <span key="plan" className="inline-flex flex-wrap items-center gap-2">
              {words(tenant.plan)}
              {monthly != null && tenant.plan !== "trial" && (
                <span className="text-ink-soft">{credits(monthly)} a month</span>
              )}
              {tenant.status !== tenant.plan && <StatusBadge status={tenant.status} />}
            </span>,
          ],
          ["Your role", roleName(me.role)],
          ["Created", date(tenant.created_at)],
        ]}
      />
      <div className="mt-5 flex flex-wrap items-center gap-2">
        <LinkButton to="/billing">Credits and plans</LinkButton>
        {mayOf(me, "admin") && <LinkButton to="/settings/team">Team</LinkButton>}
        {!lastOwner && (
          <Button look="danger" onPress={() => void leaveAccount(me)}>
            Leave {tenant.name}
          </Button>
        )}
      </div>
      {lastOwner && (
        <p className="mt-3 text-[13px] text-ink-soft">
          You are the only owner. To leave this account, make someone else an owner first.
        </p>
      )}
    </Section>
  );
}

/** Ends the person's membership; they go on in another account of theirs, or are signed out. */
async function leaveAccount(me: Me): Promise<void> {
  const { tenant, user } = me;
  if (!user) return;
  const yes = await confirm({
    title: `Leave ${tenant.name}?`,
    body: `You will not see ${tenant.name} any more. What you made stays there. Only an admin can invite you again.`,
    action: `Leave ${tenant.name}`,
    danger: true,
  });
  if (!yes) return;
  const next = me.tenants.find((one) => one.id !== tenant.id);
  try {
    await call(api.DELETE("/api/auth/users/{id}", { params: { path: { id: user.id } } }));
    if (!next) return await signOut();
    await switchTenant(next.id);
  } catch (error) {
    failed(error);
  }
}
