export function Contents() {
  return null;
}
