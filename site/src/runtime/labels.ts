/**
 * How a mask is worn: the three wears, the four questions, and the five classes of the network.
 *
 * People ask four questions: is there a mask on this face, and is the nose, the mouth, the chin
 * uncovered? The shipped network tells five fine classes apart.
 */

import { CLASS_SIGNS, YES_CLASSES } from "./constants";

/** The network's five outputs, in their order. */
export const CLASSES = ["none", "correct", "nose", "chin", "nose_and_mouth"] as const;
export type ClassName = (typeof CLASSES)[number];

/** How the mask is worn, in the order of every folded array. */
export const WEARS = ["correct", "incorrect", "none"] as const;
export type Wear = (typeof WEARS)[number];

/** What is asked: is there a mask, and is this part uncovered? In the order of every array. */
export const QUESTIONS = ["mask", "nose", "mouth", "chin"] as const;
export type Question = (typeof QUESTIONS)[number];

/** The parts of the face that a mask should cover. */
export const PARTS = ["nose", "mouth", "chin"] as const;
export type Part = (typeof PARTS)[number];

export const WEAR_OF_CLASS: Readonly<Record<ClassName, Wear>> = {
  none: "none",
  correct: "correct",
  nose: "incorrect",
  chin: "incorrect",
  nose_and_mouth: "incorrect",
};

/** The parts that a mask leaves uncovered; none where there is no mask. */
export const UNCOVERED_OF_CLASS: Readonly<Record<ClassName, readonly Part[]>> = {
  none: [],
  correct: [],
  nose: ["nose"],
  chin: ["chin"],
  nose_and_mouth: ["nose", "mouth"],
};

/**
 * Read the four questions' maps, logits or biases from those of the five classes.
 *
 * Sums and differences only, so a question's logit is still the mean of its map plus its bias.
 *
 * @param values - one or as many as a map has for each class, in the order of CLASSES.
 * @returns as many for each question, in the order of QUESTIONS.
 */
export function questionScores(values: ArrayLike<number>): Float32Array {
  const each = values.length / CLASSES.length;
  const scores = new Float32Array(QUESTIONS.length * each); // rounded at each step, as in Python
  CLASS_SIGNS.forEach((signs, question) => {
    signs.forEach((sign, place) => {
      if (sign === 0) return;
      for (let i = 0; i < each; i++) scores[question * each + i] += sign * values[place * each + i];
    });
  });
  return scores;
}

/**
 * How likely the answer to each question is yes: marginals of the class probabilities.
 *
 * @param probabilities - in the order of CLASSES.
 * @returns in [0, 1], in the order of QUESTIONS.
 */
export function answerProbabilities(probabilities: readonly number[]): number[] {
  return YES_CLASSES.map((row) => {
    const sum = row.reduce((total, yes, i) => total + yes * probabilities[i], 0);
    return Math.min(Math.max(sum, 0), 1);
  });
}

/** The five class probabilities as three wears, in the order of WEARS. */
export function foldWears(probabilities: readonly number[]): number[] {
  return WEARS.map((wear) =>
    CLASSES.reduce(
      (sum, name, i) => sum + (WEAR_OF_CLASS[name] === wear ? probabilities[i] : 0),
      0,
    ),
  );
}
