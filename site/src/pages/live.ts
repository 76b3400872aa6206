/** The page Live: the camera's picture with its verdicts, as fast as they come. */

import "../style/main.css";
import { atCrop } from "../runtime/evidence";
import type { Face, Verdict } from "../runtime/types";
import { Camera } from "../ui/camera";
import { element, make } from "../ui/dom";
import { heat, lay, penOf } from "../ui/heat";
import { keepOffline } from "../ui/offline";
import { browserSuffices, sentenceOf } from "../ui/problems";
import { Progress } from "../ui/progress";
import { kindOf, put } from "../ui/stage";
import { check, fill, live, problem } from "../ui/texts";
import { headline } from "../ui/wording";
import { Glass } from "../worker/client";
import type { Checked } from "../worker/protocol";

const SEARCH_EVERY = 12; // frames; between them faces are followed
const ANNOUNCE_EVERY = 4000; // milliseconds: a screen reader can't keep up with a camera

const announce = element("announce", HTMLElement);
const progress = new Progress(element("progress", HTMLElement), announce);
const button = element("camera", HTMLButtonElement);
const canvas = element("map", HTMLCanvasElement);
const boxes = element("boxes", HTMLElement);
const slider = element("strength", HTMLInputElement);
const speed = element("speed", HTMLElement);
const camera = new Camera(element("view", HTMLVideoElement), 640, (sentence) => {
  stop();
  if (sentence) progress.fail(sentence);
});

let glass: Glass | null = null;
let announced = 0;
let turn = 0; // a run that was stopped says no more

if (browserSuffices()) {
  button.disabled = false;
  button.addEventListener("click", () => (camera.running ? stop() : start()));
} else {
  progress.fail(problem.old);
}
keepOffline();

async function start(): Promise<void> {
  const mine = ++turn;
  progress.rest();
  try {
    await camera.start();
    button.textContent = live.stop;
    glass ??= new Glass();
    await glass.load((bytes, total) =>
      progress.share(check.loading, bytes, total, check.preparing),
    );
    progress.settle();
    if (mine !== turn) return;
    await run(glass, mine);
  } catch (error) {
    if (mine !== turn) return;
    stop();
    progress.fail(sentenceOf(error));
  }
}

function stop(): void {
  turn++;
  camera.stop();
  button.textContent = live.start;
  speed.textContent = live.stopped;
  boxes.replaceChildren();
  penOf(canvas).clearRect(0, 0, canvas.width, canvas.height);
}

async function run(by: Glass, mine: number): Promise<void> {
  let before: Checked | null = null;
  const times: number[] = [];
  for (let number = 0; mine === turn; number++) {
    const last = number % SEARCH_EVERY ? facesOf(before) : [];
    const frame = await camera.frame();
    if (mine !== turn) return frame.close();
    const asked = by.frame(frame, last);
    if (before) show(before); // while the worker looks at the next
    before = await asked;
    if (mine !== turn) return;
    times.push(performance.now());
    if (times.length > 30) times.shift();
    const fps = (1000 * (times.length - 1)) / (times[times.length - 1] - times[0] || 1);
    speed.textContent = fill(live.speed, { fps: fps.toFixed(1) });
    speed.dataset.fps = fps.toFixed(1);
    if (document.hidden) await shownAgain();
  }
}

function facesOf(checked: Checked | null): Face[] {
  return checked ? checked.verdicts.map(({ face }) => face) : [];
}

/** A page in the background rests: browsers draw no frame of it. */
function shownAgain(): Promise<unknown> {
  return new Promise((done) => requestAnimationFrame(done));
}

function show({ verdicts, width, height }: Checked): void {
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const pen = penOf(canvas);
  pen.clearRect(0, 0, width, height);
  for (const { evidence } of verdicts) {
    const { square, cropSize } = evidence;
    const map = atCrop(evidence, null);
    const strength = slider.valueAsNumber / 100;
    lay(pen, heat(map, cropSize, strength), square);
  }
  boxes.replaceChildren(...verdicts.map((verdict) => boxOf(verdict, width, height)));
  tell(verdicts);
}

function boxOf(verdict: Verdict, width: number, height: number): HTMLElement {
  const text = make("span", {}, headline(verdict));
  const box = make("div", { className: `box ${kindOf(verdict)}` }, text);
  put(box, verdict.face.box, width, height);
  return box;
}

function tell(verdicts: readonly Verdict[]): void {
  if (performance.now() - announced < ANNOUNCE_EVERY) return;
  const text = verdicts.length
    ? fill(live.sees, { verdicts: verdicts.map(headline).join("; ") })
    : live.noFace;
  if (text === announce.textContent) return;
  announced = performance.now();
  announce.textContent = text;
}
