export function Billing() {
  return null;
}
export function UsagePage() {
  return null;
}
