/** A mark as the picture that the map draws. */

import { type Mark, outline, paintOf } from "./look";

const ICON_PX = 48; // twice the 24 of the marks, for sharp screens

export function icon(mark: Mark): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = ICON_PX;
  // Read at once: drawn by the graphics card it would have to be fetched back from there.
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) throw new Error("no 2D canvas");
  const paint = paintOf(mark);
  // A white ground keeps outlines apart from what lies below.
  const lined = mark.hollow === true || mark.shape === "ring";
  const path = new Path2D(outline(mark.shape));
  pen.scale(ICON_PX / 24, ICON_PX / 24);
  pen.lineJoin = pen.lineCap = "round";
  if (paint.fill === "none" || lined) {
    pen.strokeStyle = "#ffffff";
    pen.lineWidth = paint.width + 2;
    pen.stroke(path);
  }
  pen.strokeStyle = paint.stroke;
  pen.lineWidth = paint.width * (lined || paint.fill === "none" ? 1 : 1.5);
  pen.stroke(path);
  if (paint.fill !== "none") {
    pen.fillStyle = paint.fill;
    pen.fill(path);
    if (lined) pen.stroke(path);
  }
  return pen.getImageData(0, 0, ICON_PX, ICON_PX);
}
