/** Words that are frequent in one language and rare in the others listed. */
const words: Readonly<Record<string, string>> = {
  en: 'the and is are of to that with for this you your have from which was will be can it',
  de: 'der die das und ist nicht mit ein eine zu auf für sich den dem des wir sie auch werden',
  fr: 'le les des est dans pour une que qui vous avec sur pas nous au du cette sont être ces',
  es: 'el los las es una por con para que del se su más como está pero son este también al',
  it: 'il gli che di una per con non sono della questo è anche dei alla nel più come delle lo',
  pt: 'os uma não com para que do da em você mais são isso ao pela também dos das seu está',
  nl: 'het een van en niet voor met zijn op te dat aan ook deze wordt bij naar kan worden door',
};
const sets = Object.entries(words).map(([language, list]) => [language, new Set(list.split(' '))] as const);

/** Scripts that tell a language, or a family of them, without a word. */
const scripts: ReadonlyArray<readonly [string, RegExp]> = [
  ['ja', /[\u3040-\u30ff]/g],
  ['zh', /[\u4e00-\u9fff]/g],
  ['ko', /[\uac00-\ud7af]/g],
  ['cyrillic', /[\u0400-\u04ff]/g],
  ['arabic', /[\u0600-\u06ff]/g],
  ['hebrew', /[\u0590-\u05ff]/g],
  ['devanagari', /[\u0900-\u097f]/g],
  ['greek', /[\u0370-\u03ff]/g],
  ['thai', /[\u0e00-\u0e7f]/g],
];

/** Names the language of a text by its script or its frequent words; `undefined` when the text is too short, is code, or could be several. */
export function nameLanguage(text: string): string | undefined {
  const prose = text.replaceAll(/```[\s\S]*?(?:```|$)/g, ' ').replaceAll(/https?:\S+|`[^`]*`/g, ' ');
  const letters = prose.match(/\p{L}/gu)?.length ?? 0;
  if (letters < 12) return undefined;
  const script = scripts.find(([, letter]) => (prose.match(letter)?.length ?? 0) > letters * 0.3);
  if (script !== undefined) return script[0];
  const found = prose.toLowerCase().match(/\p{L}+/gu) ?? [];
  const counts = sets
    .map(([language, set]) => [language, found.filter((word) => set.has(word)).length] as const)
    .sort(([, a], [, b]) => b - a);
  const [first, second] = counts;
  if (first === undefined || first[1] < 3 || first[1] < 2 * (second?.[1] ?? 0)) return undefined;
  return first[0];
}
