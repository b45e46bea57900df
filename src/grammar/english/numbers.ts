const small = `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
  seventeen eighteen nineteen`.split(/\s+/);
const tens = 'x x twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const ordinals: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};

/** 0 to 1000 in letters: *twenty-one, two hundred, a hundred and five*. */
export function englishNumber(value: number): string {
  if (value < 20) return small[value] as string;
  if (value < 100) {
    const unit = value % 10;
    return (tens[Math.floor(value / 10)] as string) + (unit === 0 ? '' : `-${small[unit]}`);
  }
  if (value === 1000) return 'a thousand';
  const hundreds = Math.floor(value / 100);
  const rest = value % 100;
  const head = hundreds === 1 ? 'a hundred' : `${small[hundreds]} hundred`;
  return rest === 0 ? head : `${head} and ${englishNumber(rest)}`;
}

/** 1 to 31 as days are counted: *first, twentieth, twenty-first*. */
export function englishOrdinal(value: number): string {
  const words = englishNumber(value);
  const last = words.split('-').at(-1) as string;
  const ordinal = ordinals[last] ?? (last.endsWith('y') ? `${last.slice(0, -1)}ieth` : `${last}th`);
  return words.slice(0, words.length - last.length) + ordinal;
}
