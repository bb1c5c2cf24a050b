/** Words of somebody else's, whose days do not break at the end of a line. */

const DAY = /(\d{4}-\d\d-\d\d)/;

export function Words({ text }: { text: string }) {
  return text.split(DAY).map((part, index) => (index % 2 ? <span key={index} className="nowrap">{part}</span> : part));
}
