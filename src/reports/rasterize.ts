import { createRequire } from 'node:module';
import type { Resvg } from '@resvg/resvg-js';
import { RunError } from '../support/errors.ts';

const require = createRequire(import.meta.url);

/** Scripts that DejaVu Sans lacks: Indic, Thai, Hangul, kana, ideographs, emoji. */
const beyondDejaVu =
  /[\u0900-\u0e7f\u0f00-\u109f\u1100-\u11ff\u1200-\u1cff\u2e80-\ua63f\ua840-\uf8ff\u{10000}-\u{10ffff}]/u;

/**
 * An SVG as a PNG, two pixels for each CSS pixel. Its text is set in DejaVu Sans, which ships with the package, so that
 * the picture is the same on every machine; scripts that this font lacks use the system's fonts.
 * @throws RunError if resvg has no build for this platform
 */
export function rasterize(svg: string): Uint8Array {
  const loadSystemFonts = beyondDejaVu.test(svg);
  const font = {
    fontFiles: [require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')],
    loadSystemFonts,
    defaultFontFamily: 'DejaVu Sans',
    sansSerifFamily: 'DejaVu Sans',
  };
  return new (load())(svg, { fitTo: { mode: 'zoom', value: 2 }, font }).render().asPng();
}

/** Loaded when the first picture is drawn: most commands draw none. */
function load(): typeof Resvg {
  try {
    return (require('@resvg/resvg-js') as { Resvg: typeof Resvg }).Resvg;
  } catch (cause) {
    throw new RunError('PNG pictures cannot be drawn here: @resvg/resvg-js does not load', {
      remedy: 'choose SVG, or install the packages again: npm ci',
      cause,
    });
  }
}
