/**
 * Which answers to the four questions go together, and how likely each combination is.
 *
 * A combination scores as the sum of the logits of its yeses, and a softmax over the combinations
 * that a network knows makes probabilities of the scores; answers and wears are sums of these.
 */

import { type Part, PARTS, QUESTIONS, WEARS, type Wear } from "./labels";

/** 1 for yes and 0 for no, in the order of QUESTIONS. */
export type Combination = readonly number[];

const MASK = QUESTIONS.indexOf("mask");

/** The parts that answers call uncovered. */
export function uncoveredParts(combination: Combination): Part[] {
  return PARTS.filter((part) => combination[QUESTIONS.indexOf(part)] > 0);
}

/** The wear that answers amount to. */
export function wearOf(combination: Combination): Wear {
  if (!combination[MASK]) return "none";
  return uncoveredParts(combination).length ? "incorrect" : "correct";
}

/** How likely each combination is, by the logits of the four questions. */
export function combinationProbabilities(
  logits: ArrayLike<number>,
  combinations: readonly Combination[],
  temperature: number,
): number[] {
  const scores = combinations.map(
    (one) => one.reduce((sum, yes, i) => sum + yes * logits[i], 0) / temperature,
  );
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** How likely yes is to each question, in [0, 1], in the order of QUESTIONS. */
export function answerProbabilities(
  probabilities: readonly number[],
  combinations: readonly Combination[],
): number[] {
  return QUESTIONS.map((_, question) => {
    const sum = combinations.reduce((total, one, i) => total + one[question] * probabilities[i], 0);
    return Math.min(Math.max(sum, 0), 1);
  });
}

/** How likely each wear is, in the order of WEARS. */
export function wearProbabilities(
  probabilities: readonly number[],
  combinations: readonly Combination[],
): number[] {
  return WEARS.map((wear) =>
    combinations.reduce((sum, one, i) => sum + (wearOf(one) === wear ? probabilities[i] : 0), 0),
  );
}

/**
 * Of the likeliest wear, the likeliest combination.
 *
 * That need not be the likeliest of all: several incorrect ones together may be likelier.
 */
export function likeliest(
  probabilities: readonly number[],
  combinations: readonly Combination[],
): Combination {
  const wears = wearProbabilities(probabilities, combinations);
  const wear = WEARS[wears.indexOf(Math.max(...wears))];
  const own = combinations.map((_, i) => i).filter((i) => wearOf(combinations[i]) === wear);
  return combinations[own.reduce((best, i) => (probabilities[i] > probabilities[best] ? i : best))];
}
