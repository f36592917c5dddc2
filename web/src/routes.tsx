/** Every page and its address. Pages are loaded when they are opened; their modules are split by the bundler. */
import { createBrowserRouter, Navigate, Outlet, useLocation, useRouteError } from "react-router";
import { useMe } from "@/api/query";
import { useSession } from "@/api/session";
import type { Role } from "@/api/types";
import { isOn, mayOf } from "@/lib/rights";
import { Shell } from "@/shell/Shell";
import { SignInAgain } from "@/shell/SignInAgain";
import { LinkButton } from "@/ui/Button";
import { EmptyState, ErrorState, Skeleton } from "@/ui/states";

/** Pages for who is signed in; others are sent to sign in and come back. */
function Private() {
  const status = useSession((state) => state.status);
  const location = useLocation();
  if (status === "unknown") return <Skeleton className="m-8 h-64" />;
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

/** A page that takes a role or a feature; without it the page says so, whatever the menu showed. */
export function Guard({ role, flag, children }: { role?: Role; flag?: string; children: React.ReactNode }) {
  const me = useMe().data;
  if (!me) return null;
  if (flag && !isOn(me, flag)) return <NotFound />;
  if (role && !mayOf(me, role)) {
    return (
      <EmptyState title="Your role may not open this page" action={<LinkButton to="/">Go to the dashboard</LinkButton>}>
        Ask an admin of {me.tenant.name} if you need it.
      </EmptyState>
    );
  }
  return children;
}

function NotFound() {
  return (
    <EmptyState title="There is no such page" action={<LinkButton to="/">Go to the dashboard</LinkButton>}>
      The address may be mistyped, or what it showed is gone.
    </EmptyState>
  );
}

function Broken() {
  return <ErrorState error={useRouteError()} again={() => location.reload()} />;
}

type Module = Record<string, React.ComponentType>;

/** A page by the name of its component. */
function page(load: () => Promise<Module>, name: string, guard: { role?: Role; flag?: string } = {}) {
  return async () => {
    const Component = (await load())[name];
    if (!Component) throw new Error(`no page ${name}`);
    const element = (
      <Guard {...guard}>
        <Component />
      </Guard>
    );
    return { element };
  };
}

/** A page for nobody in particular. */
function open(load: () => Promise<Module>, name: string) {
  return async () => ({ Component: (await load())[name] });
}

const auth = () => import("@/pages/auth");

export const router = createBrowserRouter([
  {
    errorElement: <Broken />,
    hydrateFallbackElement: <Skeleton className="m-8 h-64" />,
    children: [
      { path: "/sign-in", lazy: open(auth, "SignIn") },
      { path: "/sign-up", lazy: open(auth, "SignUp") },
      { path: "/forgotten-password", lazy: open(auth, "ForgottenPassword") },
      { path: "/reset-password", lazy: open(auth, "ResetPassword") },
      { path: "/accept-invitation", lazy: open(auth, "AcceptInvitation") },
      {
        element: <Private />,
        children: [
          { path: "/welcome", lazy: page(() => import("@/pages/onboarding"), "Onboarding", { role: "editor" }) },
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
              { path: "/writer/content/:id", lazy: page(() => import("@/pages/writer/editor"), "Editor") },
              { path: "/publisher", lazy: page(() => import("@/pages/publisher"), "Publisher") },
              { path: "/jobs", lazy: page(() => import("@/pages/jobs"), "Jobs") },
              { path: "/notices", lazy: page(() => import("@/pages/notices"), "Notices") },
              { path: "/jobs/:id", lazy: page(() => import("@/pages/jobs"), "JobDetail") },
              { path: "/billing", lazy: page(() => import("@/pages/billing"), "Billing") },
              { path: "/billing/usage", lazy: page(() => import("@/pages/billing"), "UsagePage") },
              { path: "/settings", lazy: page(() => import("@/pages/settings"), "Profile") },
              { path: "/settings/sites", lazy: page(() => import("@/pages/settings"), "Sites") },
              { path: "/settings/sites/:id", lazy: page(() => import("@/pages/settings"), "SiteDetail") },
              { path: "/settings/team", lazy: page(() => import("@/pages/settings"), "Team") },
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
