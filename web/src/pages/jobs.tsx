export function Jobs() {
  return null;
}
export function JobDetail() {
  return null;
}
