import { PNG } from 'pngjs';
import type { Rgb } from './colour-scale.ts';
import type { Label } from './heatmap-layout.ts';
import { glyphOf, penWidth, textUnits } from './stroke-font.ts';

/** An opaque picture being drawn. Coordinates are given in CSS pixels and drawn `scale` times as large, y down. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  /** Red, green, blue, opacity of each pixel, row after row, 0 to 255. */
  readonly bytes: Uint8ClampedArray;
}

/** A canvas of one colour. */
export function createCanvas(width: number, height: number, scale: number, background: Rgb): Canvas {
  const [columns, rows] = [Math.ceil(width * scale), Math.ceil(height * scale)];
  const bytes = new Uint8ClampedArray(4 * columns * rows);
  wholePixels(bytes).fill(wholePixel(background));
  return { width: columns, height: rows, scale, bytes };
}

/** Fills a rectangle, its edges on whole pixels. */
export function fillRectangle(canvas: Canvas, x: number, y: number, width: number, height: number, ink: Rgb): void {
  const edge = (value: number, limit: number): number => Math.min(Math.max(Math.round(value * canvas.scale), 0), limit);
  const [left, right] = [edge(x, canvas.width), edge(x + width, canvas.width)];
  const pixels = wholePixels(canvas.bytes);
  for (let row = edge(y, canvas.height); row < edge(y + height, canvas.height); row++) {
    pixels.fill(wholePixel(ink), row * canvas.width + left, row * canvas.width + right);
  }
}

/** Writes a label, its anchor at (x, y) on the baseline. */
export function drawText(canvas: Canvas, label: Label, ink: Rgb): void {
  const unit = (label.size / 10) * canvas.scale;
  const angle = (label.angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle) * unit, Math.sin(angle) * unit];
  let pen = -textUnits(label.text) * { start: 0, middle: 0.5, end: 1 }[label.anchor];
  for (const character of label.text.normalize('NFC')) {
    const glyph = glyphOf(character);
    for (const stroke of glyph.strokes) {
      const points = stroke.map(
        ([u, v]): Point => [
          label.x * canvas.scale + (pen + u) * cos + v * sin,
          label.y * canvas.scale + (pen + u) * sin - v * cos,
        ],
      );
      drawStroke(canvas, points, (penWidth * unit) / 2, ink);
    }
    pen += glyph.advance;
  }
}

/** The picture as a PNG file. */
export function encodePng({ width, height, bytes }: Canvas): Uint8Array {
  const png = new PNG({ width, height });
  png.data = Buffer.from(bytes.buffer);
  // rows without a filter: flat areas compress as well, and in a fraction of the time
  return PNG.sync.write(png, { filterType: 0, deflateStrategy: 0, deflateLevel: 6 });
}

/** The four bytes of each pixel as one number. */
function wholePixels(bytes: Uint8ClampedArray): Uint32Array {
  return new Uint32Array(bytes.buffer);
}

function wholePixel([red, green, blue]: Rgb): number {
  return new Uint32Array(Uint8Array.of(red, green, blue, 255).buffer)[0]!;
}

/** A round pen drawn through points, in device pixels: a pixel is covered by how near its middle is to the line. */
function drawStroke(canvas: Canvas, points: readonly Point[], radius: number, ink: Rgb): void {
  const { left, top, width, height } = boundsOf(points, radius + 1);
  const cover = new Float32Array(width * height);
  for (let i = 0; i + 1 < points.length; i++) {
    const [from, to] = [points[i]!, points[i + 1]!];
    const around = boundsOf([from, to], radius + 1);
    for (let row = around.top; row < around.top + around.height; row++) {
      for (let column = around.left; column < around.left + around.width; column++) {
        const distance = distanceToSegment(column + 0.5, row + 0.5, from, to);
        const at = (row - top) * width + column - left;
        cover[at] = Math.max(cover[at]!, Math.min(radius - distance + 0.5, 1));
      }
    }
  }
  cover.forEach((share, i) => {
    const [x, y] = [left + (i % width), top + Math.floor(i / width)];
    if (share === 0 || x < 0 || y < 0 || x >= canvas.width || y >= canvas.height) return;
    const at = 4 * (y * canvas.width + x);
    ink.forEach((channel, c) => {
      canvas.bytes[at + c] = canvas.bytes[at + c]! * (1 - share) + channel * share;
    });
  });
}

type Point = readonly [x: number, y: number];

/** The whole pixels within `reach` of some points. */
function boundsOf(
  points: readonly Point[],
  reach: number,
): { left: number; top: number; width: number; height: number } {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [left, top] = [Math.floor(Math.min(...xs) - reach), Math.floor(Math.min(...ys) - reach)];
  return {
    left,
    top,
    width: Math.ceil(Math.max(...xs) + reach) - left,
    height: Math.ceil(Math.max(...ys) + reach) - top,
  };
}

function distanceToSegment(x: number, y: number, [x0, y0]: Point, [x1, y1]: Point): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const along = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy || 1);
  const nearest = Math.min(Math.max(along, 0), 1);
  return Math.sqrt((x - x0 - nearest * dx) ** 2 + (y - y0 - nearest * dy) ** 2);
}
