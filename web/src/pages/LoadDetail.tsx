export default function LoadDetail(_: { id: string }) {
  return null;
}
