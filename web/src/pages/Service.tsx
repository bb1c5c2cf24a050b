export default function Service(_: { name: string }) {
  return null;
}
