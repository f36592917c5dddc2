import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";
import { queryClient } from "@/api/query";
import { resume, watchOtherTabs } from "@/api/session";
import { followTheme } from "@/lib/store";
import { guardDoublePress } from "@/ui/doublePress";
import { ToastNotifications } from "@/ui/ToastNotifications";
import { router } from "./routes";
import "./styles.css";

followTheme();
watchOtherTabs();
guardDoublePress(document);
void resume();

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
      <ToastNotifications />
    </QueryClientProvider>
  </StrictMode>,
);
