import { readFileSync } from 'node:fs';
import { hexColourOf } from './colour-scale.ts';
import { escapeXml, scriptJson } from './escape.ts';
import { type SentenceAttention, viewerData } from './viewer-data.ts';

/** A section of the page with its heading. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: string;
}

/** What a page shows. */
export interface Page {
  /** The kind of page, shown beside the program's name. */
  readonly kind: string;
  readonly title: string;
  readonly heading: string;
  /** The summary, in a sentence or two. */
  readonly lead: string;
  readonly facts: readonly string[];
  readonly sections: readonly Section[];
  readonly attention: readonly SentenceAttention[];
}

/** The number of scale colours on the page: `--w0` to `--w20`. */
const steps = 21;

/**
 * One HTML file with its style, script and data inside. Its security policy forbids every request, so that it must work
 * offline.
 */
export function htmlPage({ kind, title, heading, lead, facts, sections, attention }: Page): string {
  const script = attention.length > 0 ? `${viewerScript(attention)}\n` : '';
  const links = sections.map(({ id, title: name }) => `<a href="#${id}">${escapeXml(name)}</a>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${escapeXml(title)}</title>
<style>
${asset('style.css')}
:root { ${scaleVariables()} }
</style>
</head>
<body>
<header>
<p class="kicker">attn <span>${escapeXml(kind)}</span></p>
<button id="theme" type="button" hidden>Dark</button>
<h1>${escapeXml(heading)}</h1>
${lead === '' ? '' : `<p class="lead">${escapeXml(lead)}</p>`}
${facts.length === 0 ? '' : `<p class="facts">${facts.map((fact) => `<span>${escapeXml(fact)}</span>`).join('')}</p>`}
${sections.length < 2 ? '' : `<nav aria-label="Sections">${links.join('')}</nav>`}
</header>
<main>
${sections.map(({ id, title: name, body }) => `<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${escapeXml(name)}</h2>\n${body}\n</section>`).join('\n')}
</main>
<script type="module">
${moduleText('theme.js')}
</script>
${script}</body>
</html>
`;
}

function viewerScript(attention: readonly SentenceAttention[]): string {
  return `<script id="viewer-data" type="application/json">${scriptJson(viewerData(attention))}</script>
<script type="module">
${['dom.js', 'drawings.js', 'viewer.js'].map(moduleText).join('\n')}
attentionViewer(byId('viewer'), JSON.parse(byId('viewer-data').textContent));
</script>`;
}

/** A module's text, to be placed after the modules it imports from, in one script. */
function moduleText(name: string): string {
  return asset(name)
    .replace(/^import [^;]*;\n/gm, '')
    .replace(/^export /gm, '');
}

/** The page's own files; src/ is beside dist/, so the path is valid from both. */
function asset(name: string): string {
  return readFileSync(new URL(`../../src/reports/page/${name}`, import.meta.url), 'utf8').trimEnd();
}

/** The colour scale for the style sheet: reversed on dark paper, so that high attention always stands out. */
export function scaleVariables(): string {
  return Array.from({ length: steps }, (_, i) => {
    const weight = i / (steps - 1);
    return `--w${i}: light-dark(${hexColourOf(weight)}, ${hexColourOf(1 - weight)});`;
  }).join(' ');
}
