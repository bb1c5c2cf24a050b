export default function DataHealth() {
  return null;
}
