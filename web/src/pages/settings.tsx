export function Profile() {
  return null;
}
export function Sites() {
  return null;
}
export function SiteDetail() {
  return null;
}
export function Team() {
  return null;
}
export function ApiKeys() {
  return null;
}
