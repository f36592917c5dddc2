export { Billing } from "./Billing";
export { UsagePage } from "./Usage";
