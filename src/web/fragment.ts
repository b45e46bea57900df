/** What the address of the page says after its `#`: so that a translation can be shared. */
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

/** Writes it; nothing for nothing. */
export function writeFragment({ text = '', model }: Shared): string {
  const values = new URLSearchParams({ ...(text !== '' && { text }), ...(model !== undefined && { model }) });
  return values.size === 0 ? '' : `#${values}`;
}
