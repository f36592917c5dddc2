export function Keywords() {
  return null;
}
