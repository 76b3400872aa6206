/** What a verdict says to people: the sentences of the Python package. */

import { roundHalfEven } from "../runtime/resize";
import { CLASSES, REGIONS, type Region, type Shares, type Verdict } from "../runtime/types";
import { advice, className, fill, reason, region, sentence, uncovered, wear } from "./texts";

const NAMED_SHARE = 0.15;
const CERTAIN_PART = 0.9;

/** A share in [0, 1] as whole percent; never a rounded 0 % or 100 % that is not one. */
export function percent(share: number): string {
  let text = `${roundHalfEven(100 * share)} %`;
  if (share > 0 && share < 0.01) text = sentence.below1;
  else if (share > 0.99 && share < 1) text = sentence.above99;
  return text.replaceAll(" ", "\u00a0");
}

/** The verdict in a few words, for instance `worn incorrectly: nose uncovered`. */
export function headline(verdict: Verdict): string {
  const worn = wear[verdict.wear];
  const text = verdict.uncovered
    ? fill(sentence.headline, { wear: worn, uncovered: uncovered[verdict.uncovered] })
    : worn;
  return verdict.unsure ? fill(sentence.unsureHeadline, { verdict: text }) : text;
}

/** The folded probability of the verdict's wear. */
export function confidence(verdict: Verdict): number {
  const [none, correct, ...incorrect] = verdict.probabilities;
  if (verdict.wear === "none") return none;
  if (verdict.wear === "correct") return correct;
  return incorrect.reduce((sum, part) => sum + part, 0);
}

/** Two or three sentences: the verdict, how sure it is, and where its evidence lies. */
export function explanation(verdict: Verdict): string {
  return `${verdict.unsure ? doubt(verdict) : certainty(verdict)} ${where(verdict)}`;
}

function doubt({ unsure, likely, wear: worn }: Verdict): string {
  const named = likely.length > 1 ? likely : [worn];
  return fill(sentence.unsure, {
    reason: unsure ? reason[unsure] : "",
    likely: named.map((one) => wear[one]).join(sentence.or),
    advice: unsure ? advice[unsure] : "",
  });
}

function certainty(verdict: Verdict): string {
  const sure = confidence(verdict);
  const values = { wear: capital(wear[verdict.wear]), percent: percent(sure) };
  if (!verdict.uncovered) return fill(sentence.sure, values);
  const part = verdict.probabilities[CLASSES.indexOf(verdict.uncovered)] / sure;
  const text = part < CERTAIN_PART ? sentence.sureUncoveredPart : sentence.sureUncovered;
  return fill(text, { ...values, uncovered: uncovered[verdict.uncovered], part: percent(part) });
}

function where({ evidence, face }: Verdict): string {
  const parts = places(evidence.shares, face.points !== null);
  if (!parts.length) return sentence.nowhere;
  const listed = [parts.slice(0, -1).join(", "), parts[parts.length - 1]];
  return fill(sentence.where, {
    of: className[evidence.className],
    other: className[evidence.rival],
    places: listed.filter(Boolean).join(sentence.and),
  });
}

/** The largest shares in words: `at` a part that landmarks show, `around` an average face's. */
function places(shares: Shares, exact: boolean): string[] {
  const sorted = [...REGIONS].sort((one, other) => shares[other] - shares[one]);
  if (shares[sorted[0]] === 0) return [];
  const named = sorted.filter((one) => shares[one] >= NAMED_SHARE).slice(0, 3);
  return (named.length ? named : sorted.slice(0, 1)).map((one, number) =>
    fill(number ? sentence.place : sentence.firstPlace, {
      percent: percent(shares[one]),
      place: placeOf(one, exact),
    }),
  );
}

function placeOf(one: Region, exact: boolean): string {
  if (one === "outside") return sentence.outside;
  return fill(exact ? sentence.at : sentence.around, { region: region[one] });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
