import {
  BarChart3,
  Bell,
  BookOpen,
  Compass,
  Cpu,
  CreditCard,
  FileText,
  FolderTree,
  Globe,
  Image,
  Images,
  KeyRound,
  LayoutDashboard,
  Lightbulb,
  ListChecks,
  type LucideIcon,
  MessageSquareText,
  Rocket,
  Settings,
  Tags,
  Timer,
  UserPen,
  Users,
  Workflow,
} from "lucide-react";
import type { Role } from "@/api/types";

export type NavEntry = {
  to: string;
  label: string;
  icon: LucideIcon;
  /** Who sees it; a viewer, if not said. */
  role?: Role;
  /** The feature flag that it waits for. */
  flag?: string;
};

export type NavGroup = { label?: string; entries: NavEntry[] };

/** The sidebar, by module; the command palette offers the same. */
export const NAV: NavGroup[] = [
  { entries: [{ to: "/", label: "Dashboard", icon: LayoutDashboard }] },
  {
    label: "Planner",
    entries: [
      { to: "/planner/keywords", label: "Keywords", icon: Tags },
      { to: "/planner/clusters", label: "Clusters", icon: FolderTree },
      { to: "/planner/ideas", label: "Ideas", icon: Lightbulb },
    ],
  },
  {
    label: "Writer",
    entries: [
      { to: "/writer/tasks", label: "Tasks", icon: ListChecks },
      { to: "/writer/content", label: "Content", icon: FileText },
      { to: "/writer/sources", label: "Sources", icon: BookOpen },
      { to: "/writer/images", label: "Images", icon: Image },
    ],
  },
  {
    label: "Thinker",
    entries: [
      { to: "/thinker/prompts", label: "Prompts", icon: MessageSquareText },
      { to: "/thinker/authors", label: "Author profiles", icon: UserPen },
      { to: "/thinker/strategies", label: "Strategies", icon: Compass },
      { to: "/thinker/pictures", label: "Picture models", icon: Images },
    ],
  },
  { label: "Publish", entries: [{ to: "/publisher", label: "Publisher", icon: Rocket }] },
  {
    label: "System",
    entries: [
      { to: "/automation", label: "Automation", icon: Timer },
      { to: "/jobs", label: "Jobs", icon: Workflow },
      { to: "/notices", label: "Notices", icon: Bell },
    ],
  },
  {
    label: "Account",
    entries: [
      { to: "/billing", label: "Credits", icon: CreditCard },
      { to: "/billing/usage", label: "Usage", icon: BarChart3, role: "admin" },
      { to: "/settings/sites", label: "Sites", icon: Globe },
      { to: "/settings/team", label: "Team", icon: Users },
      { to: "/settings/api-keys", label: "API keys", icon: KeyRound, role: "admin" },
      { to: "/settings/ai-models", label: "AI models", icon: Cpu, role: "admin" },
      { to: "/settings", label: "Settings", icon: Settings },
    ],
  },
];

/** The entries that one with these rights and flags may open. */
export function navFor(may: (role: Role) => boolean, isOn: (flag: string) => boolean): NavGroup[] {
  return NAV.map((group) => ({
    ...group,
    entries: group.entries.filter((entry) => (!entry.role || may(entry.role)) && (!entry.flag || isOn(entry.flag))),
  })).filter((group) => group.entries.length > 0);
}
