const small =
  `zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici
  diciassette diciotto diciannove`.split(/\s+/);
const tens = 'x x venti trenta quaranta cinquanta sessanta settanta ottanta novanta'.split(' ');

/** 0 to 1000 in letters: *ventuno, ventotto, trentatré, duecento*. */
export function italianNumber(value: number): string {
  if (value < 20) return small[value] as string;
  if (value < 100) {
    const ten = tens[Math.floor(value / 10)] as string;
    const unit = value % 10;
    if (unit === 0) return ten;
    return (unit === 1 || unit === 8 ? ten.slice(0, -1) : ten) + (unit === 3 ? 'tré' : (small[unit] as string));
  }
  if (value === 1000) return 'mille';
  const hundreds = Math.floor(value / 100);
  const rest = value % 100;
  return `${hundreds === 1 ? '' : small[hundreds]}cento${rest === 0 ? '' : italianNumber(rest)}`;
}
