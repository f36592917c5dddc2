export function Publisher() {
  return null;
}
