/** What a verdict says to people: the sentences of the Python package. */

import { type Part, QUESTIONS } from "../runtime/labels";
import { roundHalfEven } from "../runtime/resize";
import {
  type Answer,
  REGIONS,
  type Region,
  type Shares,
  type UnsureReason,
  type Verdict,
} from "../runtime/types";
import { advice, check, fill, part, reason, region, reply, sentence, wear } from "./texts";

const NAMED_SHARE = 0.15;
const CERTAIN_PART = 0.9;

/** A share in [0, 1] as whole percent; never a rounded 0% or 100% that is not one. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return sentence.below1;
  return share > 0.99 && share < 1 ? sentence.above99 : `${roundHalfEven(100 * share)}%`;
}

/** What is uncovered, for instance `nose and mouth uncovered`. */
export function uncoveredText(parts: readonly Part[]): string {
  return fill(sentence.uncovered, { parts: listed(parts.map((one) => part[one])) });
}

/** The verdict in a few words, for instance `worn incorrectly: nose uncovered`. */
export function headline(verdict: Pick<Verdict, "wear" | "uncovered" | "unsure">): string {
  const worn = wear[verdict.wear];
  const text = verdict.uncovered.length
    ? fill(sentence.headline, { wear: worn, uncovered: uncoveredText(verdict.uncovered) })
    : worn;
  return verdict.unsure ? fill(sentence.unsureHeadline, { verdict: text }) : text;
}

/** An answer and how likely it is: `yes, 97%`, `no, 99%`, `can't see`. */
export function answerText({
  answer,
  probability,
}: Pick<Answer, "answer" | "probability">): string {
  if (answer === "cant_see") return reply.cant_see;
  const chance = answer === "yes" ? probability : 1 - probability;
  return fill(check.answer, { answer: reply[answer], percent: percent(chance) });
}

/** Two or three sentences: the verdict, how sure it is, and where its evidence lies. */
export function explanation(verdict: Verdict): string {
  return `${verdict.unsure ? doubt(verdict) : certainty(verdict)} ${where(verdict)}`;
}

function doubt({ unsure, likely, wear: worn, answers }: Verdict): string {
  const named = likely.length > 1 ? likely : [worn];
  return fill(sentence.unsure, {
    reason: unsure ? why(unsure, answers) : "",
    likely: named.map((one) => wear[one]).join(sentence.or),
    advice: unsure ? advice[unsure] : "",
  });
}

/** Why a verdict is unsure; of a face that is cut, which parts are missing. */
function why(unsure: UnsureReason, answers: Verdict["answers"]): string {
  const unseen = QUESTIONS.filter((one) => answers[one].answer === "cant_see");
  if (unsure !== "cut" || !unseen.length) return reason[unsure];
  const text = unseen.length === 1 ? sentence.cutOne : sentence.cutMany;
  return fill(text, { parts: listed(unseen) });
}

function certainty({ wear: worn, uncovered, probabilities, answers }: Verdict): string {
  const sure = probabilities[worn];
  const values = { wear: capital(wear[worn]), percent: percent(sure) };
  if (!uncovered.length) return fill(sentence.sure, values);
  const least = Math.min(...uncovered.map((one) => answers[one].probability));
  const text = least < CERTAIN_PART * sure ? sentence.lessSureUncovered : sentence.sureUncovered;
  return fill(text, { ...values, uncovered: uncoveredText(uncovered), part: percent(least) });
}

function where({ shares, face }: Verdict): string {
  const found = places(shares, face.points !== null);
  return found.length ? fill(sentence.where, { places: listed(found) }) : sentence.nowhere;
}

/** The largest shares in words: `at` a part that landmarks show, `around` an average face's. */
function places(shares: Shares, exact: boolean): string[] {
  const sorted = [...REGIONS].sort((one, other) => shares[other] - shares[one]);
  if (shares[sorted[0]] === 0) return [];
  const named = sorted.filter((one) => shares[one] >= NAMED_SHARE).slice(0, 3);
  return (named.length ? named : sorted.slice(0, 1)).map((one) =>
    fill(sentence.place, { percent: percent(shares[one]), place: placeOf(one, exact) }),
  );
}

function placeOf(one: Region, exact: boolean): string {
  const near = exact ? sentence.at : sentence.around;
  return fill(one === "background" ? sentence.in : near, { region: region[one] });
}

/** Items as people list them: `a`, `a and b`, `a, b and c`. */
function listed(items: readonly string[]): string {
  const all = [items.slice(0, -1).join(", "), items[items.length - 1]];
  return all.filter(Boolean).join(sentence.and);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
