/** Every page and its address. Pages are loaded when they are opened; their modules are split by the bundler. */
import { type ComponentType, useCallback, useEffect, useState } from "react";
import { createBrowserRouter, Navigate, Outlet, useLocation, useRouteError } from "react-router";
import { ApiError } from "@/api/problem";
import { useIsLoading, useMe } from "@/api/query";
import { useSession } from "@/api/session";
import type { Role } from "@/api/types";
import { isOn, mayOf } from "@/lib/rights";
import { JobTray } from "@/shell/JobTray";
import { Offline } from "@/shell/Offline";
import { Shell } from "@/shell/Shell";
import { SignInAgain } from "@/shell/SignInAgain";
import { LinkButton } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { CostDialog } from "@/ui/CostDialog";
import { EmptyState, ErrorState, PageSkeleton } from "@/ui/states";

/** Pages for who is signed in; others are sent to sign in and come back. */
function Private() {
  const status = useSession((state) => state.status);
  const location = useLocation();
  if (status === "unknown") return <PageSkeleton />;
  if (status === "out") {
    const to = location.pathname + location.search;
    return <Navigate to={to === "/" ? "/sign-in" : `/sign-in?to=${encodeURIComponent(to)}`} replace />;
  }
  return (
    <>
      <Outlet />
      {status === "expired" && <SignInAgain />}
    </>
  );
}

/** Around a page that stands outside of the shell. */
function WithoutShell() {
  return (
    <>
      <main aria-busy={useIsLoading()} className="flex min-h-dvh flex-col">
        <Outlet />
      </main>
      {/* Work begins here too: its end has the lists read again that it changed. */}
      <JobTray />
      <CostDialog />
      <ConfirmDialog />
      <Offline />
    </>
  );
}

/** A page that takes a role or a feature; without it the page says so, whatever the menu showed. */
export function Guard({ role, flag, children }: { role?: Role; flag?: string; children: React.ReactNode }) {
  const me = useMe();
  // In the shell neither is seen: it waits by itself.
  if (me.error && !me.data) return <ErrorState error={me.error} again={() => void me.refetch()} />;
  if (!me.data) return <PageSkeleton />;
  if (flag && !isOn(me.data, flag)) return <NotFound />;
  if (role && !mayOf(me.data, role)) {
    return (
      <NoPage title="Your role may not open this page">Ask an admin of {me.data.tenant.name} if you need it.</NoPage>
    );
  }
  return children;
}

function NotFound() {
  return <NoPage title="There is no such page">The address may be mistyped, or what it showed is gone.</NoPage>;
}

/** Stands where a page would. */
function NoPage({ title, children }: { title: string; children: React.ReactNode }) {
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: from one such page to the next the title is the same
  useEffect(() => {
    document.title = `${title} · IGNY8`;
  }, [title, pathname]);
  return (
    <EmptyState title={title} action={<LinkButton to="/">Go to the dashboard</LinkButton>}>
      {children}
    </EmptyState>
  );
}

function Broken() {
  return <ErrorState error={useRouteError()} again={() => location.reload()} />;
}

type Module = Record<string, ComponentType>;
type Load = () => Promise<Module>;

/** A page by the name of its component. */
function page(load: Load, name: string, guard: { role?: Role; flag?: string } = {}) {
  return async () => {
    const Component = await componentOf(load, name).catch(() => undefined);
    const element = (
      <Guard {...guard}>{Component ? <Component /> : <LoadAgain key={name} load={load} name={name} />}</Guard>
    );
    return { element };
  };
}

async function componentOf(load: Load, name: string): Promise<ComponentType> {
  const Component = (await load())[name];
  if (!Component) throw new Error(`no page ${name}`);
  return Component;
}

/** A page whose code could not be loaded: there is no network, or a new version has taken its place on the server. */
function LoadAgain({ load, name }: { load: Load; name: string }) {
  const [Component, setComponent] = useState<ComponentType>();
  const attempt = useCallback(
    () =>
      componentOf(load, name).then(
        (loaded) => {
          setComponent(() => loaded);
          return true;
        },
        () => false,
      ),
    [load, name],
  );
  useEffect(() => {
    void attempt();
    window.addEventListener("online", attempt);
    return () => window.removeEventListener("online", attempt);
  }, [attempt]);
  const isMissing = Component === undefined;
  useEffect(() => {
    if (isMissing) document.title = "Not loaded · IGNY8";
  }, [isMissing]);
  if (Component) return <Component />;
  // With a network the document itself must be loaded again, as it names the code.
  const again = async () => {
    if (!(await attempt()) && navigator.onLine) location.reload();
  };
  return <ErrorState error={ApiError.offline()} again={() => void again()} />;
}

/** A page for nobody in particular. */
function open(load: Load, name: string) {
  return async () => ({ Component: (await load())[name] });
}

const auth = () => import("@/pages/auth");

export const router = createBrowserRouter([
  {
    errorElement: <Broken />,
    hydrateFallbackElement: <PageSkeleton />,
    children: [
      { path: "/sign-in", lazy: open(auth, "SignIn") },
      { path: "/sign-up", lazy: open(auth, "SignUp") },
      { path: "/forgotten-password", lazy: open(auth, "ForgottenPassword") },
      { path: "/reset-password", lazy: open(auth, "ResetPassword") },
      { path: "/accept-invitation", lazy: open(auth, "AcceptInvitation") },
      {
        element: <Private />,
        children: [
          {
            element: <WithoutShell />,
            children: [
              { path: "/welcome", lazy: page(() => import("@/pages/onboarding"), "Onboarding", { role: "editor" }) },
            ],
          },
          {
            element: <Shell />,
            errorElement: <Broken />,
            children: [
              { path: "/", lazy: page(() => import("@/pages/dashboard"), "Dashboard") },
              { path: "/planner/keywords", lazy: page(() => import("@/pages/planner/keywords"), "Keywords") },
              { path: "/planner/clusters", lazy: page(() => import("@/pages/planner/clusters"), "Clusters") },
              { path: "/planner/ideas", lazy: page(() => import("@/pages/planner/ideas"), "Ideas") },
              { path: "/writer/tasks", lazy: page(() => import("@/pages/writer/tasks"), "Tasks") },
              { path: "/writer/content", lazy: page(() => import("@/pages/writer/content"), "Contents") },
              { path: "/writer/sources", lazy: page(() => import("@/pages/writer/sources"), "Sources") },
              { path: "/writer/images", lazy: page(() => import("@/pages/writer/images"), "Images") },
              { path: "/writer/content/:id", lazy: page(() => import("@/pages/writer/editor"), "Editor") },
              { path: "/thinker/prompts", lazy: page(() => import("@/pages/thinker"), "Prompts") },
              { path: "/thinker/prompts/:name", lazy: page(() => import("@/pages/thinker"), "PromptEditor") },
              { path: "/thinker/authors", lazy: page(() => import("@/pages/thinker"), "AuthorProfiles") },
              { path: "/thinker/pictures", lazy: page(() => import("@/pages/thinker"), "PictureBench") },
              { path: "/thinker/strategies", lazy: page(() => import("@/pages/thinker"), "Strategies") },
              { path: "/publisher", lazy: page(() => import("@/pages/publisher"), "Publisher") },
              { path: "/automation", lazy: page(() => import("@/pages/automation"), "Automation") },
              { path: "/jobs", lazy: page(() => import("@/pages/jobs"), "Jobs") },
              { path: "/notices", lazy: page(() => import("@/pages/notices"), "Notices") },
              { path: "/jobs/:id", lazy: page(() => import("@/pages/jobs"), "JobDetail") },
              { path: "/billing", lazy: page(() => import("@/pages/billing"), "Billing") },
              { path: "/billing/usage", lazy: page(() => import("@/pages/billing"), "UsagePage", { role: "admin" }) },
              { path: "/settings", lazy: page(() => import("@/pages/settings"), "Profile") },
              { path: "/settings/sites", lazy: page(() => import("@/pages/settings"), "Sites") },
              { path: "/settings/sites/:id", lazy: page(() => import("@/pages/settings"), "SiteDetail") },
              { path: "/settings/team", lazy: page(() => import("@/pages/settings"), "Team") },
              {
                path: "/settings/ai-models",
                lazy: page(() => import("@/pages/settings"), "AiModels", { role: "admin" }),
              },
              {
                path: "/settings/api-keys",
                lazy: page(() => import("@/pages/settings"), "ApiKeys", { role: "admin" }),
              },
              { path: "*", element: <NotFound /> },
            ],
          },
        ],
      },
    ],
  },
]);
