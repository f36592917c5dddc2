export { Onboarding } from "./Onboarding";
