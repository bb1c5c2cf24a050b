/** An amount of money: a door to its explanation, its full digits on hover. */

import { type MouseEvent, type ReactNode } from "react";
import { Link } from "wouter";
import { withCurrency } from "../format/currency.ts";
import { amountDigits, compactDigits, exactText, isNegative, unitDigits } from "../format/decimal.ts";
import { useDoor } from "../state/door.ts";
import { useView } from "../state/view.ts";
import type { Pins } from "../state/why.ts";

interface AmountProps {
  value: string | null | undefined;
  currency?: string | null;
  /** What the amount is of, for screen readers: "Cost of Ironbridge". */
  label: string;
  /** The first step of the walk down, or the whole walk. */
  why?: Pins | Pins[] | undefined;
  /** A page that answers better than the panel does. */
  to?: string | undefined;
  /** Without the currency sign: the column's head names it. */
  bare?: boolean;
  /** From a million on, "1.24 M". */
  compact?: boolean;
  /** A cost per unit, which keeps three digits. */
  unit?: boolean;
  /** All the digits there are. */
  exact?: boolean;
  /** Cents in a quieter tone, for large figures. */
  display?: boolean;
}

/** What is seen, and beside it for programs all the digits that the API gave. */
function shown(props: AmountProps, value: string): ReactNode {
  return <data value={value}>{digitsOf(props, value)}</data>;
}

function digitsOf(props: AmountProps, value: string): ReactNode {
  const digits = props.exact ? exactText(value) : props.compact ? compactDigits(value) : props.unit ? unitDigits(value) : amountDigits(value);
  const text = props.bare ? digits : withCurrency(digits, props.currency ?? null);
  const cents = props.display ? /^(.*)(\.\d\d)$/.exec(text) : null;
  return cents ? <>{cents[1]}<span className="cents">{cents[2]}</span></> : text;
}

export function WhyLink(props: { walk: Pins[]; className?: string; title?: string; label?: string; children: ReactNode }) {
  const { hrefTo, goTo } = useDoor();
  const open = (event: MouseEvent<HTMLAnchorElement>) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    goTo(props.walk, event.currentTarget);
  };
  return (
    <a className={props.className} href={hrefTo(props.walk)} onClick={open} title={props.title} aria-label={props.label}>
      {props.children}
    </a>
  );
}

export function Amount(props: AmountProps) {
  const { href } = useView();
  const { value, label, why, to, currency } = props;
  if (value === null || value === undefined) {
    return <span className="num quieter" title="Not known">–<span className="sr-only"> {label} is not known</span></span>;
  }
  const classes = `num amount${isNegative(value) ? " loss" : ""}`;
  const exact = `${withCurrency(exactText(value), currency ?? null)}`;
  const spoken = `${label}: ${withCurrency(props.unit ? unitDigits(value) : amountDigits(value), currency ?? null)}`;
  if (why) {
    const walk = Array.isArray(why) ? why : [why];
    return <WhyLink walk={walk} className={`${classes} door`} title={exact} label={`${spoken}. Why?`}>{shown(props, value)}</WhyLink>;
  }
  if (to) return <Link href={href(to)} className={`${classes} door`} title={exact} aria-label={spoken}>{shown(props, value)}</Link>;
  return <span className={classes} title={exact}>{shown(props, value)}</span>;
}
