/**
 * How a mask is worn: the three wears, and the four questions that people ask: is there a mask on
 * this face, and is the nose, the mouth, the chin uncovered?
 */

/** How the mask is worn, in the order of every array of wears. */
export const WEARS = ["correct", "incorrect", "none"] as const;
export type Wear = (typeof WEARS)[number];

/** What is asked: is there a mask, and is this part uncovered? In the order of every array. */
export const QUESTIONS = ["mask", "nose", "mouth", "chin"] as const;
export type Question = (typeof QUESTIONS)[number];

/** The parts of the face that a mask should cover. */
export const PARTS = ["nose", "mouth", "chin"] as const;
export type Part = (typeof PARTS)[number];
