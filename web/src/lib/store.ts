/** What belongs to this person at this browser: the site in hand, light or dark, the tray. Never server state. */
import { create } from "zustand";
import { persist } from "zustand/middleware";

export type Theme = "light" | "dark" | "system";

type Ui = {
  /** The chosen site of each tenant. */
  sites: Record<string, string>;
  theme: Theme;
  /** The narrow sidebar of a phone is open. */
  menuOpen: boolean;
  paletteOpen: boolean;
  trayOpen: boolean;
  /** Saved views of a table: name → search string, by table. */
  views: Record<string, Record<string, string>>;
  chooseSite: (tenant: string, site: string) => void;
  setTheme: (theme: Theme) => void;
  show: (open: Partial<Pick<Ui, "menuOpen" | "paletteOpen" | "trayOpen">>) => void;
  saveView: (table: string, name: string, search: string) => void;
  dropView: (table: string, name: string) => void;
};

export const useUi = create<Ui>()(
  persist(
    (set) => ({
      sites: {},
      theme: "system",
      menuOpen: false,
      paletteOpen: false,
      trayOpen: false,
      views: {},
      chooseSite: (tenant, site) => set((ui) => ({ sites: { ...ui.sites, [tenant]: site } })),
      setTheme: (theme) => set({ theme }),
      show: (open) => set(open),
      saveView: (table, name, search) =>
        set((ui) => ({ views: { ...ui.views, [table]: { ...ui.views[table], [name]: search } } })),
      dropView: (table, name) =>
        set((ui) => {
          const { [name]: _, ...rest } = ui.views[table] ?? {};
          return { views: { ...ui.views, [table]: rest } };
        }),
    }),
    {
      name: "igny8.ui",
      partialize: ({ sites, theme, views }) => ({ sites, theme, views }),
    },
  ),
);

/** Keeps the class of <html> at the theme, also when the system's changes. */
export function followTheme(): void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const { theme } = useUi.getState();
    document.documentElement.classList.toggle("dark", theme === "dark" || (theme === "system" && dark.matches));
  };
  apply();
  useUi.subscribe(apply);
  dark.addEventListener("change", apply);
}
