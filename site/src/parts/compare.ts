/** Two pictures, one over the other, and a border between them that can be moved. */

/** Make every `.compare` of the page movable: by pointer, touch and arrow keys. */
export function compare(): void {
  for (const figure of document.querySelectorAll<HTMLElement>(".compare")) {
    const slider = figure.querySelector("input");
    if (!slider) continue;
    const move = () => figure.style.setProperty("--at", `${slider.value}%`);
    slider.addEventListener("input", move);
    move(); // a browser keeps a slider's place when a page is reloaded
  }
}
