/** The page Check: a photo in, its verdicts out. */

import "../style/main.css";
import { atCrop } from "../runtime/evidence";
import type { Question } from "../runtime/labels";
import type { Verdict } from "../runtime/types";
import { Camera } from "../ui/camera";
import { element, make } from "../ui/dom";
import { FacePanel } from "../ui/face_panel";
import { photosOf } from "../ui/giving";
import { keepOffline } from "../ui/offline";
import { browserSuffices, sentenceOf } from "../ui/problems";
import { Progress } from "../ui/progress";
import { kindOf, Stage } from "../ui/stage";
import { check, fill, problem } from "../ui/texts";
import { explanation, headline } from "../ui/wording";
import { Glass } from "../worker/client";
import type { Checked } from "../worker/protocol";

const announce = element("announce", HTMLElement);
const progress = new Progress(element("progress", HTMLElement), announce);
const result = element("result", HTMLElement);
const faces = element("faces", HTMLElement);
const slider = element("strength", HTMLInputElement);
const stage = new Stage((number) => choose(number));
const panel = new FacePanel(ask);

let shown: Checked | null = null;
let chosen = 0;
let question: Question | null = null; // whose evidence is shown; null: the verdict's
let turn = 0; // a photo given later wins over one still under way

if (browserSuffices()) start();
else progress.fail(problem.old);
keepOffline();

function start(): void {
  element("file", HTMLInputElement).disabled = false;
  element("camera", HTMLButtonElement).disabled = false;
  element("demo", HTMLButtonElement).disabled = false;
  const glass = new Glass();
  const loaded = () =>
    glass.load((bytes, total) => progress.share(check.loading, bytes, total, check.preparing));
  loaded().then(
    () => progress.settle(),
    (error: unknown) => progress.fail(sentenceOf(error)),
  );
  const give = async (photo: Blob | ImageBitmap): Promise<void> => {
    const mine = ++turn;
    result.hidden = true;
    progress.rest();
    try {
      await loaded();
      progress.busy(check.checking);
      const checked = await glass.check(photo);
      if (mine === turn) show(checked);
      else checked.picture?.close();
    } catch (error) {
      if (photo instanceof ImageBitmap) photo.close();
      if (mine === turn) progress.fail(sentenceOf(error));
    }
  };
  photosOf(document.body, element("file", HTMLInputElement), give, () =>
    progress.fail(problem.noPhoto),
  );
  element("demo", HTMLButtonElement).addEventListener("click", async () => {
    const answer = await fetch(element("demo-photo", HTMLImageElement).src).catch(() => null);
    if (answer?.ok) await give(await answer.blob());
    else progress.fail(problem.network);
  });
  cameraDialog(give);
  slider.addEventListener("input", draw);
  element("again", HTMLButtonElement).addEventListener("click", () => {
    element("file", HTMLInputElement).click();
  });
}

function cameraDialog(give: (photo: ImageBitmap) => Promise<void>): void {
  const dialog = element("camera-dialog", HTMLDialogElement);
  const camera = new Camera(element("camera-view", HTMLVideoElement), 1280, (sentence) => {
    dialog.close();
    if (sentence) progress.fail(sentence);
  });
  element("camera", HTMLButtonElement).addEventListener("click", async () => {
    try {
      await camera.start();
      if (camera.running && !dialog.open) dialog.showModal();
    } catch (error) {
      progress.fail(sentenceOf(error));
    }
  });
  element("shutter", HTMLButtonElement).addEventListener("click", async () => {
    const photo = await camera.frame().catch(() => null); // it went away meanwhile
    dialog.close();
    if (photo) await give(photo);
    else progress.fail(problem.cameraNone);
  });
  dialog.addEventListener("close", () => camera.stop());
  element("camera-close", HTMLButtonElement).addEventListener("click", () => dialog.close());
}

function show(checked: Checked): void {
  const { verdicts, picture, width, height } = checked;
  shown = checked;
  progress.rest();
  result.hidden = false;
  if (picture) stage.show(picture, width, height, verdicts.slice(0, checked.closeUps.length));
  element("took", HTMLElement).textContent = fill(check.took, {
    ms: Math.round(checked.milliseconds),
  });
  element("no-face", HTMLElement).hidden = verdicts.length > 0;
  element("face", HTMLElement).hidden = verdicts.length === 0;
  element("heat-control", HTMLElement).hidden = verdicts.length === 0;
  faces.hidden = verdicts.length < 2;
  faces.replaceChildren(...verdicts.slice(0, checked.closeUps.length).map(faceButton));
  const more = element("more", HTMLElement);
  more.hidden = verdicts.length <= checked.closeUps.length;
  more.textContent = fill(check.more, { count: checked.closeUps.length, total: verdicts.length });
  announce.textContent = told(verdicts);
  document.dispatchEvent(new CustomEvent("glassmask:checked", { detail: checked }));
  if (verdicts.length) choose(0);
  result.scrollIntoView({ block: "start" });
}

/** What a screen reader says of a photo. */
function told(verdicts: readonly Verdict[]): string {
  if (!verdicts.length) return check.noFace;
  if (verdicts.length === 1)
    return fill(check.found.one, { explanation: explanation(verdicts[0]) });
  const all = verdicts.map(headline).join("; ");
  return fill(check.found.many, { count: verdicts.length, verdicts: all });
}

function faceButton(verdict: Verdict, number: number): HTMLElement {
  const text = `${number + 1}: ${headline(verdict)}`;
  const button = make("button", { type: "button", className: `chip ${kindOf(verdict)}` }, text);
  button.addEventListener("click", () => choose(number));
  return make("li", {}, button);
}

function choose(number: number): void {
  const verdict = shown?.verdicts[number];
  if (!verdict) return;
  chosen = number;
  [...faces.querySelectorAll("button")].forEach((button, i) => {
    button.setAttribute("aria-pressed", String(i === number));
  });
  panel.show(verdict);
  ask(null);
}

function ask(asked: Question | null): void {
  question = asked;
  draw();
}

function draw(): void {
  const verdict = shown?.verdicts[chosen];
  const closeUp = shown?.closeUps[chosen];
  if (!verdict || !closeUp) return;
  const strength = slider.valueAsNumber / 100;
  const map = atCrop(verdict.evidence, question);
  stage.mark(chosen, verdict, map, strength);
  panel.explain(verdict, question, map, closeUp, strength);
}
