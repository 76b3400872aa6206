/** The ways to give a photo: choose a file, drop one, paste one. */

/**
 * Listen for photos.
 *
 * @param where - what can be dropped on.
 * @param input - the file chooser.
 * @param give - takes each photo.
 * @param none - is called when what was dropped or pasted held no file.
 */
export function photosOf(
  where: HTMLElement,
  input: HTMLInputElement,
  give: (photo: File) => void,
  none: () => void,
): void {
  const take = (files: FileList | undefined) => {
    const all = [...(files ?? [])];
    const photo = all.find(({ type }) => type.startsWith("image/")) ?? all[0];
    if (photo) give(photo);
    else none();
  };
  input.addEventListener("change", () => {
    if (input.files?.length) take(input.files);
    input.value = ""; // the same file can be chosen again
  });
  where.addEventListener("dragover", (event) => {
    event.preventDefault();
    where.classList.add("dragging");
  });
  where.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) where.classList.remove("dragging");
  });
  where.addEventListener("drop", (event) => {
    event.preventDefault();
    where.classList.remove("dragging");
    take(event.dataTransfer?.files);
  });
  document.addEventListener("paste", (event) => {
    const held = event.clipboardData;
    if (held?.files.length || held?.types.includes("text/plain")) take(held.files);
  });
}
