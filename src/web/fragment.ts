/** The content of the page's address after `#`, with which a translation can be shared. */
export interface Shared {
  readonly text?: string;
  readonly model?: string;
}

/** Reads `#text=Ho+fame.&model=dot`. */
export function readFragment(hash: string): Shared {
  const values = new URLSearchParams(hash.replace(/^#/, ''));
  const [text, model] = [values.get('text'), values.get('model')];
  return { ...(text !== null && { text }), ...(model !== null && { model }) };
}

/** The inverse of `readFragment`; empty if there is nothing to share. */
export function writeFragment({ text = '', model }: Shared): string {
  const values = new URLSearchParams({ ...(text !== '' && { text }), ...(model !== undefined && { model }) });
  return values.size === 0 ? '' : `#${values}`;
}
