export function Ideas() {
  return null;
}
