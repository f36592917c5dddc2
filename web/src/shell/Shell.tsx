/** The frame around every page of who is signed in. */
import { ListTree, LogOut, Menu as MenuIcon, Monitor, Moon, Search, Sun, User, Zap } from "lucide-react";
import { useEffect } from "react";
import { Button as AriaButton } from "react-aria-components";
import { Link, Outlet, useLocation, useNavigate } from "react-router";
import { api } from "@/api/client";
import { useLiveFeed } from "@/api/live";
import { useBalance, useIsLoading, useMay, useMe } from "@/api/query";
import { useRecentJobs } from "@/api/resources";
import { leave, refreshToken } from "@/api/session";
import { number } from "@/lib/format";
import { isOpen } from "@/lib/jobs";
import { isReadOnly, mayOf } from "@/lib/rights";
import { type Theme, useUi } from "@/lib/store";
import { Button, IconButton } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { CostDialog } from "@/ui/CostDialog";
import { Dialog } from "@/ui/Dialog";
import { Menu } from "@/ui/Menu";
import { ErrorState, PageSkeleton, Skeleton } from "@/ui/states";
import { CommandPalette } from "./CommandPalette";
import { JobTray } from "./JobTray";
import { NoticeBell } from "./NoticeBell";
import { Offline } from "./Offline";
import { Sidebar } from "./Sidebar";
import { SiteSwitcher, TenantSwitcher } from "./switchers";
import { useFocusKept } from "./useFocusKept";

const THEMES: Theme[] = ["light", "dark", "system"];
const THEME_ICONS = { light: Sun, dark: Moon, system: Monitor };

export async function signOut(): Promise<void> {
  const token = refreshToken();
  if (token) await api.POST("/api/auth/logout", { body: { refresh_token: token } }).catch(() => undefined);
  leave();
}

export function Shell() {
  const me = useMe();
  useLiveFeed();
  useFocusKept();
  const menuOpen = useUi((ui) => ui.menuOpen);
  const { show } = useUi.getState();
  const location = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes what lay over the last one
  useEffect(() => show({ menuOpen: false, paletteOpen: false }), [location.pathname]);

  // Once it is known, the page stays, with what was entered in it, when reading it again fails.
  if (me.error && !me.data) return <ErrorState error={me.error} again={() => void me.refetch()} />;
  return (
    <div className="flex h-dvh">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-card focus:p-2"
      >
        Skip to the page
      </a>
      <aside aria-label="Modules" className="flex w-56 shrink-0 flex-col border-r border-line bg-card max-lg:hidden">
        <Logo />
        <Sidebar />
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="flex h-14 shrink-0 items-center border-b border-line bg-card px-2 max-sm:gap-0.5 sm:gap-2 sm:px-4">
          <IconButton label="Menu" icon={MenuIcon} className="lg:hidden" onPress={() => show({ menuOpen: true })} />
          <SiteSwitcher />
          {/* A phone has no room for both; there the menu has it. */}
          <div className="min-w-0 max-md:hidden">
            <TenantSwitcher />
          </div>
          <span className="flex-1" />
          <SearchButton />
          <Credits />
          <Jobs />
          <NoticeBell />
          <Person />
        </header>
        <Banner />
        <Main>{me.data ? <Outlet /> : <PageSkeleton />}</Main>
        <NoCredits />
      </div>
      <Dialog title="IGNY8" width="sm" isOpen={menuOpen} onClose={() => show({ menuOpen: false })}>
        <div className="-mx-2 flex flex-col gap-1 border-b border-line pb-2 md:hidden">
          <TenantSwitcher />
          <Button
            look="quiet"
            icon={Search}
            className="justify-start px-2!"
            onPress={() => show({ menuOpen: false, paletteOpen: true })}
          >
            Search and commands
          </Button>
        </div>
        <Sidebar />
      </Dialog>
      <JobTray />
      <CommandPalette />
      <CostDialog />
      <ConfirmDialog />
      <Offline />
    </div>
  );
}

/** The page. It is busy while something on it is read for the first time. */
function Main({ children }: { children: React.ReactNode }) {
  return (
    <main
      id="main"
      tabIndex={-1}
      aria-busy={useIsLoading()}
      className="relative min-h-0 flex-1 overflow-y-auto outline-none [scrollbar-gutter:stable]"
    >
      {children}
    </main>
  );
}

function Logo() {
  return (
    <Link to="/" className="flex h-14 items-center gap-2.5 px-5 font-semibold tracking-tight">
      <img src="/icon.svg" alt="" className="size-6" /> IGNY8
    </Link>
  );
}

const KEYS = navigator.platform.startsWith("Mac") ? "⌘ K" : "Ctrl K";

/** The way to the command palette, with its keys where there is room for them. */
function SearchButton() {
  const open = () => useUi.getState().show({ paletteOpen: true });
  return (
    <>
      <AriaButton
        onPress={open}
        className="flex h-9 w-52 cursor-pointer items-center gap-2 rounded-lg border border-line bg-page px-3 text-[13px] text-ink-soft hover:border-line-strong max-xl:hidden"
      >
        <Search className="size-4" aria-hidden />
        <span className="flex-1 text-left">Go to…</span>
        <kbd className="rounded border border-line bg-card px-1.5 font-sans text-[11px]">{KEYS}</kbd>
      </AriaButton>
      <IconButton
        label={`Search and commands (${KEYS})`}
        icon={Search}
        className="max-sm:hidden xl:hidden"
        onPress={open}
      />
    </>
  );
}

/** What can be spent, and what running work holds. */
function Credits() {
  const { data: balance, isError } = useBalance();
  return (
    <Link
      to="/billing"
      aria-label={
        balance
          ? `${number(balance.available)} credits available, ${number(balance.reserved)} reserved. Open credits.`
          : "Open credits"
      }
      className="flex h-9 items-center gap-1.5 rounded-lg px-2 font-medium tabular-nums hover:bg-sunk max-sm:px-1 pointer-coarse:h-10"
    >
      <Zap className="size-4 text-brand" aria-hidden />
      {balance ? number(balance.available) : isError ? "–" : <Skeleton className="h-4 w-8" />}
      {balance && balance.reserved > 0 && (
        <span className="text-xs font-normal text-ink-soft max-sm:hidden">{number(balance.reserved)} reserved</span>
      )}
    </Link>
  );
}

function Jobs() {
  const jobs = useRecentJobs().data ?? [];
  const running = jobs.filter(isOpen).length;
  return (
    <div className="relative">
      <IconButton
        label={running > 0 ? `Jobs: ${running} running` : "Jobs"}
        icon={ListTree}
        onPress={() => useUi.getState().show({ trayOpen: true })}
      />
      {running > 0 && (
        <span
          aria-hidden
          className="pointer-events-none absolute top-0 right-0 min-w-4 rounded-full bg-brand px-1 text-center text-[11px] leading-4 font-semibold text-on-brand"
        >
          {running}
        </span>
      )}
    </div>
  );
}

function Person() {
  const me = useMe().data;
  const navigate = useNavigate();
  const theme = useUi((ui) => ui.theme);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  const name = me?.user?.display_name || me?.user?.email || "";
  return (
    <Menu
      label="You"
      entries={[
        { id: "profile", label: name || "Profile", icon: User, run: () => void navigate("/settings") },
        {
          id: "theme",
          label: `Theme: ${theme === "system" ? "as the device" : theme}`,
          icon: THEME_ICONS[theme],
          run: () => useUi.getState().setTheme(next),
        },
        { id: "out", label: "Sign out", icon: LogOut, run: () => void signOut() },
      ]}
    >
      <AriaButton
        aria-label={`${name.slice(0, 2).toUpperCase()}: you, ${name}`}
        className="flex size-8 shrink-0 cursor-pointer items-center justify-center rounded-full bg-brand-soft text-xs font-semibold text-brand-strong uppercase pointer-coarse:size-9"
      >
        {name.slice(0, 2)}
      </AriaButton>
    </Menu>
  );
}

/** Stands below the page, so that nothing moves when the balance comes after it. */
function NoCredits() {
  const may = useMay("editor");
  const balance = useBalance().data;
  if (!may || !balance || balance.available > 0) return null;
  return (
    <p role="status" className="border-t border-line bg-warn-soft px-4 py-2 text-warn sm:px-6">
      {balance.reserved > 0
        ? "All your credits are held by work that runs: nothing more that costs can start now."
        : "You have no credits left: what costs credits cannot start. Everything else works."}{" "}
      <Link to="/billing" className="font-medium underline">
        See credits and plans
      </Link>
    </p>
  );
}

/** What limits everything on the page: a suspended tenant, a role that only reads. */
function Banner() {
  const me = useMe().data;
  if (!me) return null;
  if (isReadOnly(me)) {
    return (
      <p className="bg-bad-soft px-4 py-2 text-bad sm:px-6">
        This account is {me.tenant.status}: you can read and export, nothing is generated or published.{" "}
        <Link to="/billing" className="font-medium underline">
          See credits and plans
        </Link>
      </p>
    );
  }
  if (me.tenant.status === "past_due") {
    return (
      <p className="bg-warn-soft px-4 py-2 text-warn sm:px-6">
        The last payment failed. Please renew it, or this account will be suspended.{" "}
        <Link to="/billing" className="font-medium underline">
          See credits and plans
        </Link>
      </p>
    );
  }
  if (!mayOf(me, "editor")) {
    return (
      <p className="bg-sunk px-4 py-1.5 text-[13px] text-ink-soft sm:px-6">
        You are a viewer here: you can see everything, and change nothing. An admin can give you another role.
      </p>
    );
  }
  return null;
}
